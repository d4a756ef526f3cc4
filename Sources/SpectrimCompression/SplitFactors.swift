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
    u = Self.scaled(factors.u, by: roots)
    v = Self.scaled(factors.v, by: roots)
    singularValues = factors.singularValues
  }

  private static func scaled(_ vectors: Matrix<Double>, by roots: [Double]) -> Matrix<Float> {
    var elements: [Float] = []
    elements.reserveCapacity(vectors.shape.elementCount)
    for row in 0..<vectors.rowCount {
      for (component, root) in zip(vectors.row(row), roots) {
        elements.append(Float(component * root))
      }
    }
    return Matrix(vectors.shape, elements)
  }
}
