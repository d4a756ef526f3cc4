internal import Foundation

/// The round numbers at which an axis is labelled.
enum Ticks {
  /// Four to nine multiples of 1, 2 or 5 times a power of ten.
  static func linear(_ range: ClosedRange<Double>) -> [Double] {
    let span = range.upperBound - range.lowerBound
    guard span > 0, span.isFinite else { return [range.lowerBound] }
    let power = pow(10, floor(log10(span / 4)))
    let step = power * ([5, 2, 1].first { span / ($0 * power) >= 4 } ?? 1)
    let first = Int((range.lowerBound / step).rounded(.up))
    let last = Int((range.upperBound / step).rounded(.down))
    return (first...max(first, last)).map { Double($0) * step }
  }

  /// Powers of ten in a positive range, thinned to eight at most; its ends if it has fewer than two.
  static func decades(_ range: ClosedRange<Double>) -> [Double] {
    let first = Int(log10(range.lowerBound).rounded(.up))
    let last = Int(log10(range.upperBound).rounded(.down))
    guard last > first else { return [range.lowerBound, range.upperBound] }
    let step = (last - first) / 8 + 1
    return stride(from: first, through: last, by: step).map { pow(10, Double($0)) }
  }
}
