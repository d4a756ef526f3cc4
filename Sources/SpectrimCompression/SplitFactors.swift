internal import SpectrimCore
internal import SpectrimLinearAlgebra

/// Truncated factors with the singular values shared between them, `W ≈ (U√S)(V√S)ᵀ`.
///
/// The balance makes one common step size right for both factors.
/// - Source: chapter 11 and 11.1, `from_linear`.
struct SplitFactors {
  /// `U√S`.
  /// - Shape: `[out, r]`.
  let u: Matrix<Float>
  /// `V√S`.
  /// - Shape: `[in, r]`.
  let v: Matrix<Float>
  /// - Shape: `[r]`, descending.
  let singularValues: [Double]

  init(_ factors: LeadingFactors) {
    let roots = factors.singularValues.map { $0.squareRoot() }
    u = Self.scaled(factors.leftRows, by: roots)
    v = Self.scaled(factors.rightRows, by: roots)
    singularValues = factors.singularValues
  }

  /// Vectors that stand in rows, scaled and rounded, as columns.
  private static func scaled(_ rows: Matrix<Double>, by roots: [Double]) -> Matrix<Float> {
    var elements: [Float] = []
    elements.reserveCapacity(rows.shape.elementCount)
    for column in 0..<rows.columnCount {
      for (row, root) in roots.enumerated() { elements.append(Float(rows[row, column] * root)) }
    }
    return Matrix(rows.shape.transposed, elements)
  }
}
