internal import Foundation
internal import SpectrimCore

/// The steps of the columns of a matrix that is rounded, as powers of two.
///
/// Errors of column `j` cost `(e / C[j, j])²` after feedback, so steps in proportion to `C[j, j]`
/// share the error evenly (reverse water-filling). A single step needs no list of exponents, which in
/// a very small file weighs more.
/// - Source: Cover and Thomas, chapter 10.
package enum CodeSteps: CaseIterable, Sendable {
  case perColumn
  case common

  /// The exponents for one step `θ` in units of the metric.
  /// - Shape: `[n]`, by place in the order of the feedback.
  func exponents(_ deviations: [Double], step: Double) -> [Int8] {
    switch self {
    case .perColumn: return deviations.map { Self.exponent(step * $0) }
    case .common:
      // Inputs that never vary have huge deviations; they get no codes with any step.
      let kept = deviations.sorted().prefix(max(1, deviations.count * 9 / 10))
      let mean = kept.reduce(0) { $0 + log2($1) } / Double(max(kept.count, 1))
      return Array(repeating: Self.exponent(step * exp2(mean)), count: deviations.count)
    }
  }

  private static func exponent(_ step: Double) -> Int8 {
    Int8(min(max(log2(step).rounded(), -126), 127))
  }
}
