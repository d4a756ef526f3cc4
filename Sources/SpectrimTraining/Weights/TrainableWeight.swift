public import SpectrimCore

/// The weight of a layer in a form that can be learned: `Y = X Wᵀ` and its two derivatives.
///
/// A backward pass calls `prepareBackward`, then `accumulateGradients` if the weight is to learn,
/// then `propagate` if a layer in front of it wants to know. Buffers may hold more rows than
/// `count`; the rest is ignored.
public protocol TrainableWeight: Sendable {
  /// `[out, in]` of the map.
  var shape: Shape { get }
  /// Whether the bias of the layer learns along.
  var trainsBias: Bool { get }
  /// Whether integer codes learn, whose steps are measured in codes.
  var hasCodes: Bool { get }
  /// The learned weight in the form it came in.
  /// - Throws: `ModelError` when the parts no longer fit, which the passes never cause.
  var representation: Representation { get throws(ModelError) }

  /// `Y = X Wᵀ`.
  /// - Shape: input `[count, in]`, output `[count, out]`.
  mutating func forward(_ input: [Float], count: Int, into output: inout [Float])

  /// Carries the gradient to the inner sides of a weight with several factors.
  /// - Shape: gradient `[count, out]`.
  mutating func prepareBackward(from gradient: [Float], count: Int)

  /// Adds to `carry` times the gradients of every factor that learns.
  /// - Shape: input `[count, in]`, gradient `[count, out]`, as in the passes before.
  mutating func accumulateGradients(
    input: [Float], gradient: [Float], count: Int, carry: Float)

  /// The gradient at the input.
  /// - Shape: gradient `[count, out]`, result `[count, in]`.
  func propagate(_ gradient: [Float], count: Int, into inputGradient: inout [Float])

  /// Adds the gradient of the bits that codes will take.
  /// - Parameter price: nats of loss per bit.
  mutating func addRatePenalty(price: Float)

  /// Moves every factor that learns.
  /// - Parameter step: how many steps were made, this one included.
  mutating func update(_ optimizer: Optimizer, step: Int)
}

extension TrainableWeight {
  /// Floats have no codes.
  public var hasCodes: Bool { false }
  /// Does nothing: floats cost the same whatever they are.
  public mutating func addRatePenalty(price: Float) {}
}

/// Makes a buffer large enough for `count` numbers; only a larger batch than ever allocates.
func reserve(_ count: Int, in buffer: inout [Float]) {
  if buffer.count < count { buffer = Array(repeating: 0, count: count) }
}
