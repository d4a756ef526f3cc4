internal import Foundation
internal import SpectrimCore
internal import SpectrimLinearAlgebra

/// A weight as two coded factors, `Ŵ = Ûᵀ diag(1/t) V̂`.
///
/// V, the rows of the decomposition, is rounded in the metric of the inputs with one step θ for all
/// components: strong ones get large codes, weak ones become zero. U is then fitted to what V became,
/// `U = W̃ Σ V̂ᵀ M⁻¹` with `M = V̂ Σ V̂ᵀ`, and its rows, scaled by `t = √M[k, k]`, are rounded in the metric
/// of the outputs. `t` is a power of two, so that a file needs no floats beside its codes.
/// - Source: frontier study, §5.5–5.7.
struct LowRankCoding {
  let target: LayerTarget
  let settings: CalibrationSettings

  /// Codes a weight with the leading components of its decomposition.
  /// - Returns: `nil` if nothing of it is worth a code.
  func coded(
    _ decomposition: TwoSidedDecomposition, steps: CodeSteps
  ) throws -> CodedWeight? {
    let rank = decomposition.rank(step: settings.step, threshold: settings.rankThreshold)
    let rows = try decomposition.rightFactor(rank: rank)
    let right = OverflowGuard.codes(
      for: rows, rounding(target.input, step: settings.step, steps)
    ).codes.withoutZeroRows
    guard right.codes.rowCount > 0 else { return nil }
    let left = try leftFactor(for: right.values)
    let scaled = left.rows.scalingRows(left.scales)
    let coded = OverflowGuard.codes(
      for: scaled, rounding(target.output, step: settings.leftStepRatio * settings.step, steps))
    let exponents = zip(left.scales, coded.halvings).map { Self.exponent(of: $0, halvings: $1) }
    return try weight(left: coded.codes, exponents, right: right)
  }

  private func rounding(
    _ metric: RoundingMetric, step: Double, _ steps: CodeSteps
  ) -> ErrorFeedback {
    ErrorFeedback(metric.feedback, step: step, steps: steps, options: settings.rounding)
  }

  /// The left factor that goes best with a rounded right one, as rows, and its powers of two.
  private func leftFactor(
    for right: Matrix<Double>
  ) throws -> (rows: Matrix<Double>, scales: [Double]) {
    let weighted = right.times(target.input.matrix)
    let gram = weighted.timesTransposed(right)
    let rank = gram.rowCount
    // Rounded rows may repeat one another; a trace of the identity keeps the system solvable.
    let solver = try CholeskyFactor(gram.addingToDiagonal(1e-9 * gram.meanDiagonal))
    let left = solver.dividing(target.weight.timesTransposed(weighted))
    return (left.transposed, (0..<rank).map { exp2((log2(gram[$0, $0]) / 2).rounded()) })
  }

  /// `log₂ (1/t)`, with the halvings that kept the codes in range.
  private static func exponent(of scale: Double, halvings: Int) -> Int8 {
    Int8(min(max(Double(halvings) - log2(scale), -126), 127))
  }

  /// Joins both factors, less the components that the rounding of U removed.
  private func weight(
    left: ErrorFeedback.Codes, _ exponents: [Int8], right: ErrorFeedback.Codes
  ) throws -> CodedWeight? {
    let kept = left.largest.indices.filter { left.largest[$0] > 0 }
    guard !kept.isEmpty else { return nil }
    let u = ErrorFeedback.Codes(
      codes: left.codes.selecting(rows: kept), exponents: left.exponents)
    let v = ErrorFeedback.Codes(
      codes: right.codes.selecting(rows: kept), exponents: right.exponents)
    let components = kept.map { exponents[$0] }
    let scaled = u.values.scalingRows(components.map { exp2(Double($0)) })
    let factors = try QuantizedLowRank(
      u: u.factor(columnFactors: .exponents(components)), v: v.droppingZeroColumns.factor())
    let side = u.exponents.entropyBitCount + v.exponents.entropyBitCount
    return CodedWeight(
      .quantizedLowRank(factors), values: scaled.transposedTimes(v.values),
      bitCount: RateModel.bitCount(of: u.codes) + RateModel.bitCount(of: v.codes) + side
        + components.entropyBitCount,
      for: target)
  }
}

extension ErrorFeedback.Codes {
  /// The codes without rows of nothing but zeros.
  var withoutZeroRows: ErrorFeedback.Codes {
    let largest = largest
    let kept = largest.indices.filter { largest[$0] > 0 }
    return ErrorFeedback.Codes(codes: codes.selecting(rows: kept), exponents: exponents)
  }

  /// The codes without columns of nothing but zeros, whose exponents then say so.
  var droppingZeroColumns: ErrorFeedback.Codes {
    let isUsed = codes.columnIsUsed
    return ErrorFeedback.Codes(
      codes: codes.selecting(columns: isUsed.indices.filter { isUsed[$0] }),
      exponents: zip(exponents, isUsed).map { $1 ? $0 : ScaleFactors.absent })
  }

  /// The factor as it is stored, one row per input or output.
  /// - Shape: `[n, rows]`.
  func factor(columnFactors: ScaleFactors? = nil) throws(ModelError) -> QuantizedMatrix {
    try QuantizedMatrix(
      codes: codes.transposed, bitsPerWeight: 8, rowFactors: .exponents(exponents),
      columnFactors: columnFactors)
  }
}

extension Matrix<Int8> {
  /// Whether a column has a code other than zero.
  var columnIsUsed: [Bool] {
    (0..<columnCount).map { column in (0..<rowCount).contains { self[$0, column] != 0 } }
  }
}

extension Matrix<Double> {
  /// `diag(f) A`.
  func scalingRows(_ factors: [Double]) -> Matrix {
    var result = self
    for (row, factor) in factors.enumerated() {
      for column in 0..<columnCount { result[row, column] *= factor }
    }
    return result
  }
}
