package import SpectrimCore
package import SpectrimLinearAlgebra

/// The decomposition that cuts what matters least to the scores: an SVD in both metrics.
///
/// With `G = L_G L_Gᵀ` and `Σ = L_Σ L_Σᵀ` the error `E|Δ scores|² = ‖L_Gᵀ (W − Ŵ) L_Σ‖²` is least for
/// `Ŵ = L_G⁻ᵀ P_r S_r Q_rᵀ L_Σ⁻¹` with `L_Gᵀ W L_Σ = P S Qᵀ`. Triangles serve as well as symmetric
/// roots, at a tenth of the price.
/// - Source: Eckart and Young in two metrics; DRONE (NeurIPS 2021) for the input side, K-FAC
///   (arXiv 1503.05671) for the output side.
package struct TwoSidedDecomposition: Sendable {
  /// `S`, descending, in units of the scores.
  package let singularValues: [Double]
  /// `L_Gᵀ W`.
  private let weighted: Matrix<Double>
  private let spectrum: GramSpectrum

  package init(_ target: LayerTarget) throws(LinearAlgebraError) {
    weighted = target.output.cholesky.lower.transposedTimes(target.weight)
    spectrum = try GramSpectrum(weighted.times(target.input.cholesky.lower))
    singularValues = spectrum.singularValues
  }

  /// How many components are worth their codes: those with `s > c θ √((out + in) / 2)`.
  ///
  /// A component of strength `s` that is left out costs `s²`; coded, its `out + in` codes cost
  /// `θ²/12` each and their bits.
  func rank(step: Double, threshold: Double) -> Int {
    let side = Double(weighted.rowCount + weighted.columnCount) / 2
    return max(1, singularValues.count { $0 > threshold * step * side.squareRoot() })
  }

  /// `S_r Q_rᵀ L_Σ⁻¹ = P_rᵀ L_Gᵀ W`: rows whose errors all weigh the same in `Σ`.
  /// - Shape: `[rank, in]`.
  package func rightFactor(rank: Int) throws(LinearAlgebraError) -> Matrix<Double> {
    try spectrum.leadingLeftVectors(rank).times(weighted)
  }
}
