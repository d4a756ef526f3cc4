public import SpectrimCore

/// Settings for the layers whose whole name matches a regular expression.
public struct LayerOverride: Sendable, Equatable {
  /// The regular expression, checked when it was read.
  public let pattern: String
  /// What is set, in order; later wins.
  public let settings: [Setting]

  /// One setting of an override.
  public enum Setting: Sendable, Equatable {
    case treatment(LayerTreatment)
    case quantization(QuantizationRequest)
    case scale(ScaleScheme)
    case pruning(Pruning)
  }

  private static let example = "fc3=>rank:fixed=8,quantize:6"

  /// Reads `PATTERN=>SETTINGS`, split at the last `=>`.
  /// - Throws: `CompressionError.usage` when a part cannot be read.
  public init(_ text: String) throws(CompressionError) {
    guard let arrow = text.ranges(of: "=>").last else {
      throw Self.usage(text, "PATTERN=>SETTINGS")
    }
    pattern = String(text[..<arrow.lowerBound])
    guard !pattern.isEmpty, (try? Regex(pattern)) != nil else {
      throw Self.usage(pattern, "a regular expression before `=>`")
    }
    var settings: [Setting] = []
    for part in text[arrow.upperBound...].split(separator: ",", omittingEmptySubsequences: false) {
      settings.append(try Self.setting(String(part)))
    }
    self.settings = settings
  }

  private static func setting(_ text: String) throws(CompressionError) -> Setting {
    if text == "skip" { return .treatment(.skip) }
    if text == "keep:dense" { return .treatment(.keepDense) }
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let value = parts.count == 2 ? String(parts[1]) : ""
    switch parts[0] {
    case "rank": return .treatment(.rank(try RankRule(value)))
    case "quantize": return .quantization(try QuantizationRequest(value))
    case "scale":
      guard let scheme = ScaleScheme(rawValue: value) else {
        throw usage(text, "scale:tensor or scale:channel")
      }
      return .scale(scheme)
    case "prune": return .pruning(try Pruning(setting: value))
    default:
      throw usage(
        text, "rank:RULE, quantize:BITS, scale:tensor|channel, prune:SETTING, keep:dense or skip")
    }
  }

  private static func usage(_ found: String, _ expected: String) -> CompressionError {
    .usage(argument: "layer", found: found, expected: expected, example: example)
  }

  /// Which of the names match as a whole.
  /// - Throws: `CompressionError.unmatchedPattern` if none does.
  func matches(among names: [String]) throws(CompressionError) -> [Bool] {
    guard let expression = try? Regex(pattern) else {
      throw Self.usage(pattern, "a regular expression before `=>`")
    }
    let matches = names.map { (try? expression.wholeMatch(in: $0)) != nil }
    guard matches.contains(true) else {
      throw .unmatchedPattern(pattern, near: NearNames.of(pattern, among: names))
    }
    return matches
  }
}
