#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How a network learns from another.
public struct DistillationSettings: Sendable, Equatable {
  /// Passes over the examples.
  public var epochs: Int
  /// Examples per step; the last step of an epoch takes what is left.
  public var batchSize: Int
  /// The step of Adam for codes at the start, in units of one code; it falls to 0 as a cosine.
  /// - Source: measured with the distillation of 784-500-300-10, as all that follows.
  public var codeRate: Float
  /// The step of Adam for floats at the start.
  public var floatRate: Float
  /// What softens the scores of both networks before they are compared.
  public var temperature: Float
  /// The share of the loss that compares with the teacher, 0…1; labels make up the rest.
  public var teacherShare: Float
  /// The price of the bits of the codes.
  /// - Units: 1e-4 nats of loss per bit.
  public var rate: Double
  /// How far batches of images are moved about, if at all.
  public var shift: ImageShift?
  /// What the order and the shifts are drawn from.
  public var seed: UInt64

  /// Creates settings with positive counts.
  public init(
    epochs: Int = 8, batchSize: Int = 256, codeRate: Float = 0.03, floatRate: Float = 0.001,
    temperature: Float = 2, teacherShare: Float = 0.7, rate: Double = 0.1,
    shift: ImageShift? = nil, seed: UInt64 = 0
  ) {
    precondition(batchSize > 0 && epochs >= 0, "\(epochs) epochs of batches of \(batchSize)")
    precondition(temperature > 0, "a temperature of \(temperature)")
    precondition((0...1).contains(teacherShare), "a share of \(teacherShare)")
    self.epochs = epochs
    self.batchSize = batchSize
    self.codeRate = codeRate
    self.floatRate = floatRate
    self.temperature = temperature
    self.teacherShare = teacherShare
    self.rate = rate
    self.shift = shift
    self.seed = seed
  }

  /// The optimizers when a share of all steps is done.
  package func optimizers(at done: Double) -> (floats: Optimizer, codes: Optimizer) {
    let share = Float(0.5 * (1 + cos(Double.pi * done)))
    return (
      .adam(rate: floatRate * share, decays: Self.decays),
      .adam(rate: codeRate * share, decays: Self.decays)
    )
  }

  /// Nats of loss per bit when a share of all steps is done: nothing at first, the full price from
  /// the middle on, so that codes are not lost before they have shown what they are good for.
  package func price(at done: Double) -> Float { Float(rate * 1e-4 * min(1, 2 * done)) }

  private static let decays = Optimizer.Decays(mean: 0.9, square: 0.99)
}
