import Foundation
import SpectrimCompression
import SpectrimCore
import SpectrimTestSupport

/// Matrices and models whose properties the tests know.
enum TestModels {
  /// Independent normal entries.
  static func noise(_ shape: Shape, sigma: Double = 1, seed: UInt64 = 1) -> Matrix<Float> {
    var generator = SeededGenerator(seed: seed)
    return Matrix(shape, (0..<shape.elementCount).map { _ in Float(sigma * generator.normal()) })
  }

  /// These singular values on the diagonal, all over some noise.
  static func diagonal(
    _ values: [Float], _ shape: Shape, noise sigma: Double = 0
  ) -> Matrix<Float> {
    var matrix = noise(shape, sigma: sigma)
    for (index, value) in values.enumerated() { matrix[index, index] += value }
    return matrix
  }

  /// A product of two random factors: of this rank exactly.
  static func product(_ shape: Shape, rank: Int, seed: UInt64 = 3) -> Matrix<Float> {
    let left = noise(Shape(shape.rowCount, rank), seed: seed)
    let right = noise(Shape(shape.columnCount, rank), seed: seed + 1)
    var matrix = Matrix<Float>(repeating: 0, shape)
    for row in 0..<shape.rowCount {
      for column in 0..<shape.columnCount {
        matrix[row, column] = zip(left.row(row), right.row(column)).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    return matrix
  }

  /// Noise as PyTorch draws it (its deviation, that is) with strong directions on top.
  static func trained(_ shape: Shape, spikes: Int, seed: UInt64 = 5) -> Matrix<Float> {
    let sigma = 1 / (3 * Double(shape.columnCount)).squareRoot()
    let signal = product(shape, rank: spikes, seed: seed)
    let factor = Float(4 / Double(shape.elementCount).squareRoot())
    let rest = noise(shape, sigma: sigma, seed: seed + 2)
    return Matrix(shape, zip(signal.elements, rest.elements).map { $0 * factor + $1 })
  }

  /// A chain of dense layers `fc1`, `fc2`, … with biases.
  static func model(
    _ matrices: [Matrix<Float>], initializer: Initializer? = .pytorch
  ) throws -> Model {
    let layers = try matrices.enumerated().map { index, matrix in
      try Layer(
        name: "fc\(index + 1)", weight: .dense(WeightMatrix(matrix)),
        bias: Bias((0..<matrix.rowCount).map { Float($0) / 7 - 1 }), activation: .relu,
        initializer: initializer)
    }
    return try Model(
      name: "test", input: ModelInput(shape: [matrices[0].columnCount]), layers: layers)
  }

  /// The classic shape in small: two layers with signal and a head of ten rows.
  static func network() throws -> Model {
    try model([
      trained(Shape(100, 160), spikes: 6), trained(Shape(60, 100), spikes: 4, seed: 15),
      trained(Shape(10, 60), spikes: 9, seed: 25),
    ])
  }
}

extension Matrix where Element == Float {
  /// `‖self − other‖ / ‖self‖`, without BLAS.
  func relativeDistance(to other: Matrix<Float>) -> Double {
    let squares = zip(elements, other.elements).map { pow(Double($0) - Double($1), 2) }
    let all = elements.reduce(0.0) { $0 + Double($1) * Double($1) }
    return (squares.reduce(0, +) / all).squareRoot()
  }

  /// Writes the raw elements for numpy.
  func write(to path: String) throws {
    try elements.withUnsafeBytes { Data($0) }.write(to: URL(filePath: path))
  }
}

extension CompressionSettings {
  /// Settings as the command would read them.
  init(
    rank: String, quantize: String? = nil, scale: ScaleScheme? = nil, autoError: Double = 0.02,
    prune: String? = nil, layers: [String] = []
  ) throws {
    self.init(
      treatment: .rank(try RankRule(rank)),
      quantization: try quantize.map(QuantizationRequest.init),
      scale: scale, autoError: autoError,
      pruning: try prune.map { try Pruning(setting: $0) },
      overrides: try layers.map { try LayerOverride($0) })
  }

  /// The plan for a model.
  func plan(_ model: Model) throws -> Plan {
    try Planner(settings: self).plan(for: AnalysedModel(model))
  }

  /// The plan carried out.
  func converted(_ model: Model) throws -> Conversion {
    let analysed = AnalysedModel(model)
    return try Converter(plan: Planner(settings: self).plan(for: analysed)).convert(analysed)
  }
}
