import SpectrimCore
import SpectrimFiles

/// A network that is quickly written and converted: noise with a few strong directions.
enum SampleNetwork {
  static func model(widths: [Int] = [60, 48, 10], seed: UInt64 = 1) throws -> Model {
    var generator = SeededGenerator(seed: seed)
    var layers: [Layer] = []
    let names = ["first", "second", "third", "fourth"]
    for index in 1..<widths.count {
      let (rows, columns) = (widths[index], widths[index - 1])
      var weight = Matrix<Float>(repeating: 0, Shape(rows, columns))
      let direction = (0..<columns).map { _ in generator.normal() }
      for row in 0..<rows {
        let share = generator.normal()
        for column in 0..<columns {
          weight[row, column] = Float(
            0.1 * generator.normal() + 0.2 * share * direction[column])
        }
      }
      layers.append(
        try Layer(
          name: names[index - 1], weight: .dense(WeightMatrix(weight)),
          bias: Bias((0..<rows).map { Float($0) / 10 }),
          activation: index == widths.count - 1 ? .none : .relu, initializer: .pytorch))
    }
    return try Model(name: "sample", input: ModelInput(shape: [widths[0]]), layers: layers)
  }

  static func write(to path: String) throws { try ModelFile.write(model(), to: path) }
}
