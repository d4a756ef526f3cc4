public import SpectrimCore

/// How the rank of a layer is chosen; `description` is what the command reads.
public enum RankRule: Sendable, Equatable {
  /// The smallest form whose total relative error is at most a limit.
  case automatic
  /// All of the spectrum.
  case full
  /// Singular values above the Marchenko–Pastur edge.
  case marchenkoPastur(NoiseChoice)
  /// The notebook's own threshold, faults included.
  case notebook
  /// The smallest rank with at least this share of the energy.
  case energy(Double)
  /// The smallest rank with at most this relative error.
  case error(Double)
  /// This rank.
  case fixed(Int)
  /// The largest rank with at most this share of the parameters, `r(m + n) ≤ mn / ratio`.
  case ratio(Double)

  /// Where the deviation of noise comes from.
  public enum NoiseChoice: Sendable, Equatable {
    /// The initializer where it is known, else the iterative bulk.
    case best
    /// One method.
    case method(NoiseMethod)
    /// A number, in weight units.
    case given(Double)
  }

  static let expectation =
    "auto, full, mp, mp:notebook, mp:sigma=init|bulk|median|NUMBER, energy=SHARE, error=SHARE, "
    + "fixed=RANK or ratio=NUMBER"

  /// Reads the words of the command.
  /// - Throws: `CompressionError.usage` with what was found, expected, and an example.
  public init(_ text: String) throws(CompressionError) {
    switch text {
    case "auto": self = .automatic
    case "full": self = .full
    case "mp": self = .marchenkoPastur(.best)
    case "mp:notebook": self = .notebook
    default: self = try Self.withValue(text)
    }
  }

  private static func withValue(_ text: String) throws(CompressionError) -> RankRule {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw usage(text, expectation, "energy=0.95") }
    let value = String(parts[1])
    switch parts[0] {
    case "mp:sigma": return .marchenkoPastur(try noise(value, in: text))
    case "energy":
      guard let share = number(value), share > 0, share <= 1 else {
        throw usage(text, "a share of the energy above 0 and at most 1", "energy=0.95")
      }
      return .energy(share)
    case "error":
      guard let share = number(value), share >= 0, share < 1 else {
        throw usage(text, "a relative error from 0 to below 1", "error=0.05")
      }
      return .error(share)
    case "fixed":
      guard let rank = Int(value), rank >= 1 else {
        throw usage(text, "a whole rank of at least 1", "fixed=64")
      }
      return .fixed(rank)
    case "ratio":
      guard let ratio = number(value), ratio > 0 else {
        throw usage(text, "a parameter ratio above 0", "ratio=4")
      }
      return .ratio(ratio)
    default: throw usage(text, expectation, "energy=0.95")
    }
  }

  private static func noise(_ value: String, in text: String) throws(CompressionError)
    -> NoiseChoice
  {
    switch value {
    case "init": return .method(.initialization)
    case "bulk": return .method(.bulk)
    case "median": return .method(.median)
    default:
      guard let sigma = number(value), sigma > 0 else {
        throw usage(text, "init, bulk, median or a deviation above 0", "mp:sigma=bulk")
      }
      return .given(sigma)
    }
  }

  private static func number(_ text: String) -> Double? {
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }

  private static func usage(
    _ found: String, _ expected: String, _ example: String
  ) -> CompressionError {
    .usage(argument: "rank", found: found, expected: expected, example: example)
  }
}

extension RankRule: CustomStringConvertible {
  /// The words that `init(_:)` reads back as this rule.
  public var description: String {
    switch self {
    case .automatic: "auto"
    case .full: "full"
    case .marchenkoPastur(.best): "mp"
    case .marchenkoPastur(.method(let method)): "mp:sigma=\(method.rawValue)"
    case .marchenkoPastur(.given(let sigma)): "mp:sigma=\(FigureText.argument(sigma))"
    case .notebook: "mp:notebook"
    case .energy(let share): "energy=\(FigureText.argument(share))"
    case .error(let share): "error=\(FigureText.argument(share))"
    case .fixed(let rank): "fixed=\(rank)"
    case .ratio(let ratio): "ratio=\(FigureText.argument(ratio))"
    }
  }
}
