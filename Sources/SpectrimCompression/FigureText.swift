internal import Foundation

/// How numbers stand in the sentences of a plan; the same on every machine.
enum FigureText {
  /// A number with three significant digits.
  static func short(_ value: Double) -> String { String(format: "%.3g", value) }

  /// A share of 1 as a percentage.
  static func percent(_ share: Double) -> String { String(format: "%.2f %%", 100 * share) }

  /// Bytes with three significant digits, kB = 1000 bytes.
  static func bytes(_ count: Int) -> String {
    let units = ["kB", "MB", "GB", "TB"]
    guard count >= 1000 else { return "\(count) B" }
    var (value, unit) = (Double(count) / 1000, 0)
    while value >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    let decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
    return String(format: "%.\(decimals)f %@", value, units[unit])
  }

  /// A number as it is written on the command line: without `.0` where it is whole.
  static func argument(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }
}
