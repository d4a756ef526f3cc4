internal import Foundation
package import SpectrimCore

/// Rounds rows to codes so that the errors of a row make up for one another in a metric.
///
/// Column by column, in the order of the metric: `q = round(a / step)`, then all later columns of the
/// row move by `−e C[j, k] / C[j, j]`. A second pass knows how often each code occurs and takes among
/// `q`, the next towards zero and zero the one with the least `error² + λ · bits`.
/// - Source: GPTQ (arXiv 2210.17323); entropy-constrained quantization, Chou, Lookabaugh and Gray 1989.
package struct ErrorFeedback: Sendable {
  let factor: FeedbackFactor
  /// `θ`, in units of the metric.
  let step: Double
  let steps: CodeSteps
  let options: Options

  /// What can be left out, to see what it is worth.
  package struct Options: Sendable {
    /// Whether errors are carried on.
    package var feedsBack: Bool
    /// λ: squared steps that a saved bit may cost, the slope of the uniform quantizer at high rate.
    package var rateWeight: Double

    package init(feedsBack: Bool = true, rateWeight: Double = 2 * log(2.0) / 12) {
      self.feedsBack = feedsBack
      self.rateWeight = rateWeight
    }
  }

  /// Codes with the exponents of their columns.
  package struct Codes: Sendable {
    /// - Shape: `[rows, n]`.
    package var codes: Matrix<Int8>
    /// - Shape: `[n]`.
    package var exponents: [Int8]

    /// `codes · 2^exponents`.
    package var values: Matrix<Double> {
      let steps = exponents.map { exp2(Double($0)) }
      var result = Matrix<Double>(repeating: 0, codes.shape)
      for row in 0..<codes.rowCount {
        for column in 0..<codes.columnCount {
          result[row, column] = Double(codes[row, column]) * steps[column]
        }
      }
      return result
    }

    /// The largest magnitude of each row.
    var largest: [Int] {
      (0..<codes.rowCount).map { row in
        codes.row(row).reduce(0) { max($0, abs(Int($1))) }
      }
    }
  }

  package init(
    _ factor: FeedbackFactor, step: Double, steps: CodeSteps = .perColumn,
    options: Options = Options()
  ) {
    self.factor = factor
    self.step = step
    self.steps = steps
    self.options = options
  }

  /// The codes of all rows.
  package func codes(for rows: Matrix<Double>) -> Codes {
    let grid = Grid(self)
    var placed = grid.pass(rows, rates: nil)
    if options.rateWeight > 0 { placed = grid.pass(rows, rates: RateModel(placed)) }
    return grid.inColumnOrder(placed)
  }

  /// The steps of one metric, by place.
  struct Grid {
    let order: [Int]
    let exponents: [Int8]
    private let factor: Matrix<Double>
    private let steps: [Double]
    /// `1 / C[j, j]`, 0 without feedback.
    private let feedback: [Double]
    /// `λ (θ C[j, j] / step)²`: the price of a bit in squared steps of the column.
    private let bitPrices: [Double]

    init(_ rounding: ErrorFeedback) {
      let deviations = rounding.factor.deviations
      order = rounding.factor.order
      factor = rounding.factor.factor
      exponents = rounding.steps.exponents(deviations, step: rounding.step)
      steps = exponents.map { exp2(Double($0)) }
      feedback = deviations.map { rounding.options.feedsBack ? 1 / $0 : 0 }
      bitPrices = zip(deviations, steps).map {
        let ratio = rounding.step * $0 / $1
        return rounding.options.rateWeight * ratio * ratio
      }
    }

    /// Rounds all rows, whose columns stand in the order of the matrix; those of the codes stand in
    /// the order of the feedback.
    /// - Parameter firstRow: the place of the first row among those that the rates count.
    func pass(_ rows: Matrix<Double>, rates: RateModel?, firstRow: Int = 0) -> Matrix<Int8> {
      let (rowCount, columnCount) = (rows.rowCount, rows.columnCount)
      // By places, all rows of a column together: what follows goes over neighbours.
      var work: [Double] = []
      work.reserveCapacity(rowCount * columnCount)
      for column in order { for row in 0..<rowCount { work.append(rows[row, column]) } }
      var codes = Matrix<Int8>(repeating: 0, rows.shape)
      var errors = [Double](repeating: 0, count: rowCount)
      for place in 0..<columnCount {
        for row in 0..<rowCount {
          let value = work[place * rowCount + row] / steps[place]
          let group = (firstRow + row) / RateModel.groupRowCount
          let code = Self.code(value, rates, group: group, bitPrice: bitPrices[place])
          codes[row, place] = Int8(code)
          errors[row] = (value - code) * steps[place] * feedback[place]
        }
        move(&work, by: errors, place: place)
      }
      return codes
    }

    /// Carries the errors of one column to all later ones.
    private func move(_ work: inout [Double], by errors: [Double], place: Int) {
      let (rowCount, columnCount) = (errors.count, order.count)
      guard feedback[place] != 0, place + 1 < columnCount else { return }
      let factor = factor.elements.span
      let start = place * columnCount
      var work = work.mutableSpan
      // Unchecked: the factor is square with one column per place, and the work has a number per
      // row and place.
      if rowCount == 1 {
        let error = errors[0]
        for later in place + 1..<columnCount {
          work[unchecked: later] -= error * factor[unchecked: start &+ later]
        }
        return
      }
      let errors = errors.span
      for later in place + 1..<columnCount {
        let share = factor[unchecked: start &+ later]
        let target = later &* rowCount
        for row in 0..<rowCount {
          work[unchecked: target &+ row] -= share * errors[unchecked: row]
        }
      }
    }

    /// The code of one number in units of its step.
    private static func code(
      _ value: Double, _ rates: RateModel?, group: Int, bitPrice: Double
    ) -> Double {
      let nearest = min(max(value.rounded(.toNearestOrEven), -127), 127)
      guard let rates, nearest != 0 else { return nearest }
      var best = nearest
      var least = Double.infinity
      for code in [nearest, nearest - (nearest < 0 ? -1 : 1), 0] {
        let error = value - code
        let cost = error * error + bitPrice * rates.bits[group * 256 + Int(code) + 128]
        if cost < least { (best, least) = (code, cost) }
      }
      return best
    }

    /// The codes with their columns where they belong.
    func inColumnOrder(_ placed: Matrix<Int8>) -> Codes {
      var codes = placed
      var exponents = exponents
      for (place, column) in order.enumerated() {
        exponents[column] = self.exponents[place]
        for row in 0..<placed.rowCount { codes[row, column] = placed[row, place] }
      }
      return Codes(codes: codes, exponents: exponents)
    }
  }
}
