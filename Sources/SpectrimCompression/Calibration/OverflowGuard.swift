package import SpectrimCore

/// Keeps codes within int8 by halving the rows that would leave it.
///
/// Halving a row before it is rounded doubles its steps; whoever uses the codes doubles the factor
/// behind them. Clipping instead would cut off the strongest components.
package enum OverflowGuard {
  /// More halvings than this mean numbers that no step fits.
  private static let largestHalvingCount = 60

  /// Codes of all rows, and by which power of two each was divided.
  package static func codes(
    for rows: Matrix<Double>, _ rounding: ErrorFeedback
  ) -> (codes: ErrorFeedback.Codes, halvings: [Int]) {
    var halvings = [Int](repeating: 0, count: rows.rowCount)
    var scaled = rows
    while true {
      let codes = rounding.codes(for: scaled)
      let overflowing = codes.largest.indices.filter {
        codes.largest[$0] >= 127 && halvings[$0] < largestHalvingCount
      }
      guard !overflowing.isEmpty else { return (codes, halvings) }
      for row in overflowing {
        halvings[row] += 1
        for column in 0..<rows.columnCount { scaled[row, column] /= 2 }
      }
    }
  }
}
