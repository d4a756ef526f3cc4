package import SpectrimCore
package import SpectrimLinearAlgebra

/// A positive definite metric `H` of errors, `|e|² = eᵀ H e`, with the factors that rounding needs.
///
/// Directions of which the data say nothing get a small share of the mean, `H + ε tr(H)/n · I`: that
/// keeps the factors finite and what is rounded there moderate.
package struct RoundingMetric: Sendable {
  /// `H`, damped.
  package let matrix: Matrix<Double>
  /// What was added to the diagonal.
  let ridge: Double
  /// `H = L Lᵀ`.
  let cholesky: CholeskyFactor
  /// How rounding errors of one coordinate are made up for by the following ones.
  package let feedback: FeedbackFactor

  /// - Parameters:
  ///   - damping: ε.
  ///   - meanSquare: the mean square of a coordinate, above which no damping is ever needed.
  /// - Throws: `LinearAlgebraError`.
  package init(
    _ metric: Matrix<Double>, damping: Double, meanSquare: Double = 0
  ) throws(LinearAlgebraError) {
    // Without any variance there is nothing to weigh; all errors then count alike.
    let least = damping * metric.meanDiagonal
    var ridge = least > 0 ? least : meanSquare > 0 ? meanSquare : 1
    while true {
      do {
        let matrix = metric.addingToDiagonal(ridge)
        (cholesky, feedback) = (try CholeskyFactor(matrix), try FeedbackFactor(matrix))
        (self.matrix, self.ridge) = (matrix, ridge)
        return
      } catch {
        // Sums of 32-bit floats of inputs that hardly vary are noise of either sign, which the
        // damping must exceed; it never comes near their squares.
        guard case .notPositiveDefinite = error, ridge < meanSquare else { throw error }
        ridge *= 10
      }
    }
  }
}

/// The order in which coordinates are rounded, and what the error of each does to the rest.
///
/// With `H⁻¹ = Cᵀ C`, `C` upper triangular, the best that the coordinates behind `j` can do about an
/// error `e` at `j` is to move by `−e C[j, k] / C[j, j]`; what is left of the error is
/// `(e / C[j, j])²`. Coordinates that matter most go first, while many are left to make up for them.
/// - Source: GPTQ (arXiv 2210.17323), OBS (Hassibi and Stork 1993).
package struct FeedbackFactor: Sendable {
  /// Which coordinate is rounded at each place.
  /// - Shape: `[n]`.
  let order: [Int]
  /// `C` in that order.
  /// - Shape: `[n, n]`, zeros below the diagonal.
  let factor: Matrix<Double>

  init(_ metric: Matrix<Double>) throws(LinearAlgebraError) {
    let side = metric.rowCount
    let order = (0..<side).sorted {
      metric[$0, $0] != metric[$1, $1] ? metric[$0, $0] > metric[$1, $1] : $0 < $1
    }
    self.order = order
    factor = try CholeskyFactor.inverseUpperFactor(
      of: metric.selecting(rows: order).selecting(columns: order))
  }

  /// `C[j, j]` by place: how far a coordinate may be off for one unit of error.
  var deviations: [Double] { order.indices.map { factor[$0, $0] } }
}
