public import SpectrimCore

/// The spectrum of `A` from the Gram matrix of its smaller side, all in double precision.
///
/// Errors of a singular value are about `1e-16 s₁² / sᵢ`, which suits whoever cuts far above that;
/// `SpectralDecomposition` serves those who want small ones too.
/// - Complexity: O(M² N) with `N = max` and `M = min` of the sides.
public struct GramSpectrum: Sendable {
  /// All `min(rows, columns)` singular values, descending.
  public let singularValues: [Double]
  private let matrix: Matrix<Double>
  private let gram: GramTridiagonal?

  /// Computes all singular values.
  /// - Throws: `LinearAlgebraError`.
  public init(_ matrix: Matrix<Double>) throws(LinearAlgebraError) {
    try LAPACKCall.checkSize(matrix.shape)
    try LAPACKCall.checkFinite(matrix)
    self.matrix = matrix
    guard matrix.shape.elementCount > 0 else {
      (singularValues, gram) = ([], nil)
      return
    }
    let product =
      matrix.isWide ? matrix.timesTransposed(matrix) : matrix.transposedTimes(matrix)
    let gram = try GramTridiagonal(symmetric: product)
    self.gram = gram
    singularValues = gram.eigenvalues.reversed().map { max(0, $0).squareRoot() }
  }

  /// The leading left singular vectors, the first one first.
  /// - Shape: `[count, rows]`.
  /// - Throws: `LinearAlgebraError`.
  public func leadingLeftVectors(_ count: Int) throws(LinearAlgebraError) -> Matrix<Double> {
    precondition(count <= singularValues.count, "\(count) of \(singularValues.count) vectors")
    guard let gram, count > 0 else { return Matrix(Shape(0, matrix.rowCount), []) }
    let ascending = try gram.leadingEigenvectors(count)
    let vectors = ascending.selecting(rows: Array((0..<count).reversed()))
    guard !matrix.isWide else { return vectors }
    var left = vectors.timesTransposed(matrix)
    for row in 0..<count {
      let value = singularValues[row]
      for column in 0..<left.columnCount { left[row, column] /= value > 0 ? value : 1 }
    }
    return left
  }
}
