internal import SpectrimCore

/// Switches outputs off at random and scales the others up, so that the expectation stays.
/// - Source: "inverted" dropout as in PyTorch's `nn.Dropout`; chapter 3 puts it after every hidden
///   activation.
public struct Dropout: Sendable {
  /// The chance of an output to become 0.
  public let probability: Double
  private var generator: SeededGenerator

  /// Creates a source of masks; a probability of 0 makes none.
  public init?(probability: Double, seed: UInt64) {
    precondition((0..<1).contains(probability), "a dropout of \(probability)")
    guard probability > 0 else { return nil }
    self.probability = probability
    generator = SeededGenerator(seed: seed)
  }

  /// Draws a mask and multiplies the first `count` outputs by it.
  mutating func apply(to outputs: inout [Float], mask: inout [Float], count: Int) {
    reserve(outputs.count, in: &mask)
    let kept = Float(1 / (1 - probability))
    let limit = UInt64(probability * 0x1p53)
    for index in 0..<count { mask[index] = generator.next() >> 11 < limit ? 0 : kept }
    ElementLoops.multiply(&outputs, by: mask, count: count)
  }
}
