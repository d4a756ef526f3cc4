public import SpectrimCore

/// How the weights are chosen before the first step.
public enum InitialWeights: Sendable, Equatable {
  /// All 0, which is enough where nothing is hidden.
  case zero
  /// Random, by a known rule.
  case drawn(Initializer)

  /// The rule, where there is one.
  var initializer: Initializer? {
    if case .drawn(let initializer) = self { initializer } else { nil }
  }

  /// Draws a matrix.
  func matrix(_ shape: Shape, using generator: inout SeededGenerator) -> Matrix<Float> {
    guard let initializer else { return Matrix(repeating: 0, shape) }
    return initializer.matrix(shape, using: &generator)
  }

  /// Draws a bias: uniform in `±1/√in` with `pytorch`, else 0.
  func bias(_ shape: Shape, using generator: inout SeededGenerator) -> Bias {
    guard initializer == .pytorch else {
      return Bias(Array(repeating: 0, count: shape.rowCount))
    }
    let limit = 1 / Double(shape.columnCount).squareRoot()
    return Bias((0..<shape.rowCount).map { _ in generator.uniform(within: limit) })
  }
}

extension Initializer {
  /// Draws the weights of a map: uniform with `pytorch` and `glorot`, normal with `he` and
  /// `random`, all of the variance that `variance(inputCount:outputCount:)` states.
  /// - Source: PyTorch `nn.Linear.reset_parameters`, Keras `GlorotUniform`, PyTorch
  ///   `kaiming_normal_`, and the neuron of chapter 3.
  public func matrix(
    _ shape: Shape, using generator: inout SeededGenerator
  ) -> Matrix<Float> {
    let variance = variance(inputCount: shape.columnCount, outputCount: shape.rowCount)
    let deviation = variance.squareRoot()
    // A uniform number in ±a has the variance a²/3.
    let limit = (3 * variance).squareRoot()
    let isUniform = self == .pytorch || self == .glorot
    return Matrix(
      shape,
      (0..<shape.elementCount).map { _ in
        isUniform ? generator.uniform(within: limit) : Float(deviation * generator.normal())
      })
  }
}

extension SeededGenerator {
  /// A number in `±limit`.
  fileprivate mutating func uniform(within limit: Double) -> Float {
    Float((2 * uniform() - 1) * limit)
  }
}
