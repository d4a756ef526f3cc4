/// What is set to zero in a layer or left out of it.
public enum Pruning: Sendable, Hashable {
  /// This share of the stored weights, those with the smallest magnitudes; of equal ones the first.
  case magnitude(Double)
  /// The stored weights whose magnitude is below a number.
  case threshold(Double)
  /// Inputs: the share of columns with the smallest norms; without a share those that are zero.
  case columns(Double?)
  /// Outputs: the share of rows that matter least to the next layer, with its columns; without a
  /// share those that give the same whatever the input.
  case neurons(Double?)

  /// Whether single weights become zero, wherever they are.
  public var isOfWeights: Bool {
    switch self {
    case .magnitude, .threshold: true
    case .columns, .neurons: false
    }
  }

  /// Whether the layer becomes narrower.
  public var isOfNeurons: Bool {
    if case .neurons = self { true } else { false }
  }
}

extension Pruning: LosslessStringConvertible {
  /// Reads `magnitude=0.5`, `threshold=0.01`, `columns`, `columns=0.1`, `neurons`, `neurons=0.1`;
  /// `nil` for other words, a share outside 0…1 and a threshold that is negative or not finite.
  public init?(_ description: String) {
    let parts = description.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let value = parts.count == 2 ? Double(parts[1]) : nil
    guard parts.count == 1 || value != nil else { return nil }
    if let value, !value.isFinite || value < 0 { return nil }
    if let value, parts[0] != "threshold", value > 1 { return nil }
    switch (parts[0], value) {
    case ("magnitude", let share?): self = .magnitude(share)
    case ("threshold", let threshold?): self = .threshold(threshold)
    case ("columns", let share): self = .columns(share)
    case ("neurons", let share): self = .neurons(share)
    default: return nil
    }
  }

  /// The words that `init(_:)` reads back as this pruning.
  public var description: String {
    switch self {
    case .magnitude(let share): "magnitude=\(share)"
    case .threshold(let threshold): "threshold=\(threshold)"
    case .columns(let share): "columns" + (share.map { "=\($0)" } ?? "")
    case .neurons(let share): "neurons" + (share.map { "=\($0)" } ?? "")
    }
  }
}

/// One string, as on the command line.
extension Pruning: Codable {
  /// Reads the words of the command.
  /// - Throws: `DecodingError` for other words.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let pruning = Pruning(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "`\(text)` is no pruning, such as `magnitude=0.5`")
    }
    self = pruning
  }

  /// Writes the words of the command.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
