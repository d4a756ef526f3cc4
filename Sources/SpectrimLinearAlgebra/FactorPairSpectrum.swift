internal import CLAPACK
public import SpectrimCore

/// The spectrum of `U Vᵀ`, without forming the product.
public enum FactorPairSpectrum {
  /// The singular values of `U Vᵀ` that can differ from zero, descending.
  ///
  /// Both factors are reduced to triangles, `U = Q₁ R₁` and `V = Q₂ R₂`; the product has the
  /// singular values of the small core `R₁ R₂ᵀ`, whose rounding errors do not grow with the sides.
  /// - Shape: `u [out, r]`, `v [in, r]`, result `[min(out, in, r)]`.
  /// - Throws: `LinearAlgebraError`.
  public static func singularValues(
    ofProduct u: Matrix<Float>, v: Matrix<Float>
  ) throws(LinearAlgebraError) -> [Double] {
    precondition(u.columnCount == v.columnCount, "factors \(u.shape) and \(v.shape)")
    let core = try triangle(u).timesTransposed(triangle(v))
    return try LAPACKDecomposition.singularValues(of: core)
  }

  /// `R` of `A = Q R`; to LAPACK the row-major `A` is `Aᵀ = Rᵀ Qᵀ`, hence `dgelqf`.
  /// - Shape: `[out, r]` gives `[min(out, r), r]`.
  private static func triangle(
    _ factor: Matrix<Float>
  ) throws(LinearAlgebraError) -> Matrix<Double> {
    try LAPACKCall.checkSize(factor.shape)
    try LAPACKCall.checkFinite(factor)
    let height = factor.shape.smallerSide
    var elements = Matrix<Double>(factor).elements
    guard height > 0 else { return Matrix(Shape(height, factor.columnCount), []) }
    let (rank, side) = (Int32(factor.columnCount), Int32(factor.rowCount))
    var scales = [Double](repeating: 0, count: height)
    var optimal = 0.0
    try LAPACKCall.check(
      "dgelqf",
      LAPACKE_dgelqf_work(
        LAPACKCall.columnMajor, rank, side, &elements, rank, &scales, &optimal, -1))
    var workspace = try LAPACKCall.workspace(optimal, for: factor.shape)
    try LAPACKCall.check(
      "dgelqf",
      LAPACKE_dgelqf_work(
        LAPACKCall.columnMajor, rank, side, &elements, rank, &scales, &workspace,
        Int32(workspace.count)))
    // Below the diagonal LAPACK keeps the reflectors of Q.
    for row in 0..<height {
      for column in 0..<row { elements[row * factor.columnCount + column] = 0 }
    }
    return Matrix(
      Shape(height, factor.columnCount), Array(elements.prefix(height * factor.columnCount)))
  }
}
