internal import Foundation
internal import SpectrimCore

/// What a code costs in a lossless coder, from how often it occurs in its group of rows.
///
/// Rows of one factor differ in magnitude, so groups of four rows have a histogram each; a little is
/// added to every count, so that codes which did not occur have a price too.
/// - Source: order-0 entropy, Shannon 1948.
struct RateModel: Sendable {
  /// Rows with a common histogram.
  static let groupRowCount = 4
  /// Measured with the study's codes; any small number does.
  private static let smoothing = 0.02

  /// Bits of the code `c` in group `g` at `g · 256 + c + 128`.
  let bits: [Double]

  /// Counts the codes of a first rounding.
  init(_ codes: Matrix<Int8>) {
    let groupCount = (codes.rowCount + Self.groupRowCount - 1) / Self.groupRowCount
    var bits: [Double] = []
    bits.reserveCapacity(groupCount * 256)
    for start in stride(from: 0, to: codes.rowCount, by: Self.groupRowCount) {
      var counts = [Double](repeating: Self.smoothing, count: 256)
      let end = min(start + Self.groupRowCount, codes.rowCount)
      for code in codes.elements[start * codes.columnCount..<end * codes.columnCount] {
        counts[Int(code) + 128] += 1
      }
      let sum = counts.reduce(0, +)
      bits += counts.map { -log2($0 / sum) }
    }
    self.bits = bits
  }

  /// Bits of all codes at the entropy of their groups.
  static func bitCount(of codes: Matrix<Int8>) -> Double {
    stride(from: 0, to: codes.rowCount, by: groupRowCount).reduce(0.0) { sum, start in
      let end = min(start + groupRowCount, codes.rowCount)
      let group = Array(codes.elements[start * codes.columnCount..<end * codes.columnCount])
      return sum + Double(group.count) * ByteEstimate.entropy(of: group)
    }
  }
}
