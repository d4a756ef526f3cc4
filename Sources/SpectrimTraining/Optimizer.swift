/// How parameters follow their gradients.
public enum Optimizer: Sendable, Equatable {
  /// Gradient descent with momentum in PyTorch's form: `v ← μ v + g + λ w`, `w ← w − rate · v`,
  /// where `λ` is the weight decay.
  case sgd(rate: Float, momentum: Float = 0, weightDecay: Float = 0)
  /// Adam: `w ← w − rate · m̂ / (√ŝ + ε)` with decaying means `m` of `g` and `s` of `g²`, after
  /// `w ← w − rate · λ w`, the decoupled weight decay of AdamW.
  /// - Source: Kingma and Ba 2015, Loshchilov and Hutter 2019; the defaults are those of PyTorch.
  case adam(rate: Float, decays: Decays = Decays(), epsilon: Float = 1e-8, weightDecay: Float = 0)

  /// What remains of Adam's means after one step.
  public struct Decays: Sendable, Equatable {
    /// `β₁`, of the mean gradient.
    public let mean: Double
    /// `β₂`, of the mean squared gradient.
    public let square: Double

    /// Creates decays, each in 0..<1.
    public init(mean: Double = 0.9, square: Double = 0.999) {
      precondition((0..<1).contains(mean) && (0..<1).contains(square), "decays lie in 0..<1")
      self.mean = mean
      self.square = square
    }
  }

  /// The share of what the gradient buffer holds that the backward pass adds a new gradient to.
  ///
  /// All of it for gradient descent: the update, which reads the velocity anyway, has left `μ v`
  /// there, so that the matrix product has nothing to scale before it adds.
  public var carry: Float {
    switch self {
    case .sgd: 1
    case .adam: 0
    }
  }

  /// Takes smaller steps from now on.
  mutating func slow(by factor: Double) {
    switch self {
    case .sgd(let rate, let momentum, let weightDecay):
      self = .sgd(rate: rate * Float(factor), momentum: momentum, weightDecay: weightDecay)
    case .adam(let rate, let decays, let epsilon, let weightDecay):
      self = .adam(
        rate: rate * Float(factor), decays: decays, epsilon: epsilon, weightDecay: weightDecay)
    }
  }
}
