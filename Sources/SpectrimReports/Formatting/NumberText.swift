internal import Foundation

/// How numbers read in text, Markdown and HTML; the same on every locale.
package enum NumberText {
  /// What stands where there is no number.
  package static let absent = "–"

  /// A number with that many significant digits, trailing zeros dropped: `0.0123`, `1.2e-07`.
  package static func significant(_ value: Double?, _ digits: Int = 3) -> String {
    guard let value, value.isFinite else { return absent }
    let magnitude = value.magnitude
    // Above the digits asked for, %g would turn a plain 12345 into an exponent.
    if magnitude >= 1000, magnitude < 1e6 { return String(format: "%.0f", value) }
    return String(format: "%.\(digits)g", value)
  }

  /// A number with that many digits after the point, zeros kept.
  package static func fixed(_ value: Double?, _ digits: Int) -> String {
    guard let value, value.isFinite else { return absent }
    return String(format: "%.\(digits)f", value)
  }

  /// A share 0…1 in percent: `97.81 %`.
  package static func percent(_ share: Double?, _ digits: Int = 2) -> String {
    guard let share, share.isFinite else { return absent }
    return fixed(100 * share, digits) + " %"
  }

  /// A difference of shares in points, with its sign dropped where it is zero: `-0.12 points`.
  package static func points(_ value: Double?) -> String {
    guard let value, value.isFinite else { return absent }
    return fixed(value.magnitude < 0.005 ? 0 : value, 2) + " points"
  }

  /// A ratio: `12.3×`.
  package static func ratio(_ value: Double?) -> String {
    guard let value, value.isFinite else { return absent }
    return (value < 100 ? fixed(value, value < 10 ? 2 : 1) : fixed(value, 0)) + "×"
  }

  /// A count with thin groups of three digits: `1 234 567`.
  package static func count(_ value: Int?) -> String {
    guard let value else { return absent }
    let digits = Array(String(value.magnitude))
    var grouped = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { grouped.append(" ") }
      grouped.append(digit)
    }
    return grouped
  }

  /// A size with three significant digits: `999 B`, `44.1 kB`, `1.20 MB`.
  /// - Units: 1 kB is 1000 bytes.
  package static func bytes(_ count: Int?) -> String {
    guard let count else { return absent }
    var value = Double(count)
    guard value >= 1000 else { return "\(count) B" }
    for unit in ["kB", "MB", "GB", "TB"] {
      value /= 1000
      // 999.5 would round up to four digits, so it already belongs to the next unit.
      if value < 999.5 || unit == "TB" {
        return fixed(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + " " + unit
      }
    }
    return "\(count) B"
  }
}
