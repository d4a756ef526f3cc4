public import SpectrimCore

/// A matrix or vector that is learned, with all that its optimizer remembers of it.
public struct Parameter: Sendable {
  /// Rows and columns as stored; a bias is one row.
  public let shape: Shape
  /// The current values.
  /// - Shape: `shape`, row-major.
  public internal(set) var values: [Float]
  /// The gradient of the last backward pass; with momentum it is added to what `update` left of
  /// the earlier ones, which makes it the velocity `v ← μ v + g`.
  /// - Shape: `shape`, row-major.
  public internal(set) var gradient: [Float]
  /// The decaying mean of the gradient; empty until Adam needs it.
  private var mean: [Float] = []
  /// The decaying mean of the squared gradient; empty until Adam needs it.
  private var square: [Float] = []

  /// Starts learning from given values.
  public init(_ matrix: Matrix<Float>) {
    shape = matrix.shape
    values = matrix.elements
    gradient = Array(repeating: 0, count: matrix.elements.count)
  }

  /// The values as a matrix that can be stored.
  public var weightMatrix: WeightMatrix { WeightMatrix(Matrix(shape, values)) }

  /// Moves the values against the gradient.
  /// - Parameter step: how many steps were made, this one included; 1 for the first.
  /// - Source: the `SGD` and `AdamW` pages of PyTorch's documentation.
  public mutating func update(_ optimizer: Optimizer, step: Int) {
    switch optimizer {
    case .sgd(let rate, let momentum, let weightDecay):
      if weightDecay != 0 { ElementLoops.add(values, scaledBy: weightDecay, to: &gradient) }
      ElementLoops.step(&values, by: -rate, along: &gradient, leaving: momentum)
    case .adam(let rate, let decays, let epsilon, let weightDecay):
      if weightDecay != 0 { ElementLoops.scale(&values, by: 1 - rate * weightDecay) }
      reserve(values.count, in: &mean)
      reserve(values.count, in: &square)
      AdamStep(rate: rate, decays: decays, epsilon: epsilon, step: step)
        .apply(to: &values, gradient: gradient, mean: &mean, square: &square)
    }
  }
}
