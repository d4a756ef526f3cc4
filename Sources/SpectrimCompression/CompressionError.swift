public import SpectrimCore

/// What is wrong with settings or a plan, with what was found, expected, and a remedy.
public enum CompressionError: Error, Sendable, Equatable {
  /// Words of the command that mean nothing: what stands where, what may stand there.
  case usage(argument: String, found: String, expected: String, example: String)
  /// A pattern that no layer matches, with the names that are near it.
  case unmatchedPattern(String, near: [String])
  /// A rank that a single layer was asked for and cannot have.
  case rankTooLarge(layer: String, rank: Int, shape: Shape)
  /// A plan that does not fit the model; the layer is `nil` if no single one is meant.
  case plan(layer: String?, problem: String)
  /// Why examples do not help to convert; the layer is `nil` if no single one is meant.
  case calibration(layer: String?, String)

  /// Whether the caller's words are at fault rather than data.
  public var isUsage: Bool {
    switch self {
    case .plan, .calibration: false
    default: true
    }
  }
}

extension CompressionError: CustomStringConvertible {
  /// One line: where, found, expected, remedy.
  public var description: String {
    switch self {
    case .usage(let argument, let found, let expected, let example):
      "\(argument): found `\(found)`, expected \(expected); for example `\(example)`"
    case .unmatchedPattern(let pattern, let near):
      "no layer matches `\(pattern)`; near names: "
        + near.map { "`\($0)`" }.joined(separator: ", ")
    case .rankTooLarge(let layer, let rank, let shape):
      "layer `\(layer)`: rank \(rank) for shape \(shape), expected at most "
        + "\(shape.smallerSide); choose a smaller rank"
    case .calibration(nil, let problem): "calibration: \(problem)"
    case .calibration(let layer?, let problem): "calibration, layer `\(layer)`: \(problem)"
    case .plan(nil, let problem): "plan: \(problem)"
    case .plan(let layer?, let problem): "plan, layer `\(layer)`: \(problem)"
    }
  }
}
