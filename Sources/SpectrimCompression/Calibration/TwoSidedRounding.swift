internal import Foundation
package import SpectrimCore

/// Rounds a dense matrix with feedback along its rows and along its columns.
///
/// Row by row: a row is rounded in the metric of the inputs; what error is left moves all later rows
/// by `−C_G[i, k] / C_G[i, i]` times it, in the metric of the outputs.
/// - Source: frontier study on convolutions, §2.4; two-sided rounding as in YAQA (arXiv 2505.22988).
package struct TwoSidedRounding: Sendable {
  let input: RoundingMetric
  let output: RoundingMetric
  /// `θ`.
  let step: Double
  let steps: CodeSteps
  let options: ErrorFeedback.Options

  package init(
    input: RoundingMetric, output: RoundingMetric, step: Double, steps: CodeSteps = .perColumn,
    options: ErrorFeedback.Options = ErrorFeedback.Options()
  ) {
    self.input = input
    self.output = output
    self.step = step
    self.steps = steps
    self.options = options
  }

  /// Codes of a matrix: `value[i, j] = codes[i, j] · 2^(rowExponents[i] + columnExponents[j])`.
  package struct Codes: Sendable {
    /// - Shape: `[out, in]`.
    package var codes: Matrix<Int8>
    /// - Shape: `[out]`.
    var rowExponents: [Int8]
    /// - Shape: `[in]`.
    var columnExponents: [Int8]

    /// What the codes stand for.
    package var values: Matrix<Double> {
      var result = ErrorFeedback.Codes(codes: codes, exponents: columnExponents).values
      for row in 0..<codes.rowCount {
        let step = exp2(Double(rowExponents[row]))
        for column in 0..<codes.columnCount { result[row, column] *= step }
      }
      return result
    }
  }

  /// The codes of a matrix; a row that would leave int8 gets a step twice as wide.
  package func codes(for matrix: Matrix<Double>) -> Codes {
    let deviations = output.feedback.deviations
    var exponents = deviations.map { Int8(min(max(log2($0).rounded(), -126), 126)) }
    let grid = ErrorFeedback.Grid(
      ErrorFeedback(input.feedback, step: step, steps: steps, options: options))
    while true {
      var placed = pass(matrix, grid, exponents, rates: nil)
      if options.rateWeight > 0 {
        placed = pass(matrix, grid, exponents, rates: RateModel(placed))
      }
      let full = ErrorFeedback.Codes(codes: placed, exponents: grid.exponents).largest
      let overflowing = full.indices.filter { full[$0] >= 127 && exponents[$0] < 126 }
      guard !overflowing.isEmpty else { return unplaced(placed, grid, exponents) }
      for row in overflowing { exponents[row] += 1 }
    }
  }

  /// One pass over all rows, in the order of the metric of the outputs.
  private func pass(
    _ matrix: Matrix<Double>, _ grid: ErrorFeedback.Grid, _ exponents: [Int8], rates: RateModel?
  ) -> Matrix<Int8> {
    let (order, factor) = (output.feedback.order, output.feedback.factor)
    let columnSteps = grid.exponents.map { exp2(Double($0)) }
    var rows = matrix.selecting(rows: order)
    var codes = Matrix<Int8>(repeating: 0, matrix.shape)
    for place in order.indices {
      let step = exp2(Double(exponents[place]))
      let row = rows.row(place).map { $0 / step }
      let rounded = grid.pass(
        Matrix(Shape(1, row.count), row), rates: rates, firstRow: place)
      codes.elements.replaceSubrange(
        place * row.count..<(place + 1) * row.count, with: rounded.elements)
      guard options.feedsBack else { continue }
      var errors = row
      for (index, column) in grid.order.enumerated() {
        errors[column] =
          (row[column] - Double(rounded.elements[index]) * columnSteps[index])
          * step / factor[place, place]
      }
      move(&rows, by: errors, factor, place: place)
    }
    return codes
  }

  /// Carries the error of one row to all later ones.
  private func move(
    _ rows: inout Matrix<Double>, by errors: [Double], _ factor: Matrix<Double>, place: Int
  ) {
    let width = errors.count
    let errors = errors.span
    var rows = rows.elements.mutableSpan
    for later in place + 1..<max(factor.rowCount, place + 1) {
      let share = factor[place, later]
      let start = later * width
      // Unchecked: the row `later` has a number for every error.
      for column in 0..<width {
        rows[unchecked: start &+ column] -= share * errors[unchecked: column]
      }
    }
  }

  private func unplaced(
    _ placed: Matrix<Int8>, _ grid: ErrorFeedback.Grid, _ exponents: [Int8]
  ) -> Codes {
    let inColumns = grid.inColumnOrder(placed)
    var (codes, rowExponents) = (inColumns.codes, exponents)
    for (place, row) in output.feedback.order.enumerated() {
      rowExponents[row] = exponents[place]
      codes.elements.replaceSubrange(
        row * codes.columnCount..<(row + 1) * codes.columnCount, with: inColumns.codes.row(place))
    }
    return Codes(codes: codes, rowExponents: rowExponents, columnExponents: inColumns.exponents)
  }
}
