internal import SpectrimCore

extension Normalization {
  private static let example = "scale=1/255,mean=0.1307,std=0.3081"

  /// Reads `scale=1/255,mean=0.1307,std=0.3081`; what is left out changes nothing.
  /// - Throws: `Failure` for other words.
  init(argument: String) throws {
    var values = ["scale": 1.0, "mean": 0, "std": 1]
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      guard sides.count == 2, values[sides[0]] != nil, let value = Self.number(sides[1]) else {
        throw Failure(
          .usage,
          "--normalize: found `\(part)`, expected scale=, mean= or std= with a number; "
            + "for example `\(Self.example)`", found: String(part))
      }
      values[sides[0]] = value
    }
    do {
      try self.init(
        scale: values["scale"] ?? 1, mean: values["mean"] ?? 0, deviation: values["std"] ?? 1)
    } catch { throw Failure(.usage, "--normalize: \(error)") }
  }

  /// A number or a fraction of two, such as `1/255`.
  private static func number(_ text: String) -> Double? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
    switch (parts.count, parts.first ?? nil, parts.last ?? nil) {
    case (1, let value?, _): return value
    case (2, let numerator?, let denominator?) where denominator != 0:
      return numerator / denominator
    default: return nil
    }
  }
}
