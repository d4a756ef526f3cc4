import Foundation
import SpectrimCore
import SpectrimInference
import SpectrimTestSupport
import Testing

@Suite(.needsPython) struct NumpyTests {
  /// A 50-40-30-10 network: dense with ReLU, two factors with the tanh GELU, dense with softmax.
  static let program = """
    import sys, numpy
    folder, count = sys.argv[1], int(sys.argv[2])
    def read(name, *shape):
        return numpy.fromfile(f"{folder}/{name}", "<f4").reshape(shape).astype(float)
    x = read("x", count, 50)
    h = numpy.maximum(x @ read("w1", 40, 50).T + read("b1", 40), 0)
    h = h @ (read("u", 30, 6) @ read("v", 40, 6).T).T + read("b2", 30)
    h = 0.5 * h * (1 + numpy.tanh(numpy.sqrt(2 / numpy.pi) * (h + 0.044715 * h ** 3)))
    s = h @ read("w3", 10, 30).T + read("b3", 10)
    e = numpy.exp(s - s.max(axis=1, keepdims=True))
    for row in e / e.sum(axis=1, keepdims=True): print(*row)
    """

  @Test(arguments: [1, 100])
  func aWholeNetworkGivesWhatNumpyGivesInDoublePrecision(count: Int) throws {
    let folder = try TemporaryDirectory()
    var generator = SeededGenerator(seed: 20)
    func matrix(_ name: String, _ shape: Shape, scale: Float = 0.2) throws -> Matrix<Float> {
      let values = Matrix<Float>.random(shape, &generator).elements.map { $0 * scale }
      try values.withUnsafeBytes { Data($0) }.write(to: folder.url.appending(path: name))
      return Matrix(shape, values)
    }
    func bias(_ name: String, _ count: Int) throws -> Bias {
      Bias(try matrix(name, Shape(1, count)).elements)
    }
    let batch = try matrix("x", Shape(count, 50), scale: 1)
    let factors = try Factorized(
      u: WeightMatrix(matrix("u", Shape(30, 6))), v: WeightMatrix(matrix("v", Shape(40, 6))))
    let model = try Model(
      name: "m", input: ModelInput(shape: [50]),
      layers: [
        Layer(
          name: "1", weight: .dense(WeightMatrix(matrix("w1", Shape(40, 50)))),
          bias: bias("b1", 40), activation: .relu),
        Layer(
          name: "2", weight: .factorized(factors), bias: bias("b2", 30), activation: .geluTanh),
        Layer(
          name: "3", weight: .dense(WeightMatrix(matrix("w3", Shape(10, 30)))),
          bias: bias("b3", 10), activation: .softmax),
      ])
    let found = Engine(model).scores(for: batch)
    let numbers = try Python.run(Self.program, [folder.url.path, String(count)])
      .split(whereSeparator: \.isWhitespace).compactMap { Float($0) }
    #expect(numbers.count == count * 10)
    // Probabilities: rounding errors of about 1e-6 in the sums move them by at most as much.
    #expect(zip(found.elements, numbers).allSatisfy { abs($0 - $1) < 1e-5 })
  }
}
