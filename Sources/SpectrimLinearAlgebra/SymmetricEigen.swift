internal import CLAPACK
public import SpectrimCore

/// Eigenvalues and eigenvectors of a symmetric matrix, `A = Q diag(λ) Qᵀ`, by LAPACK's `dsyevd`.
public struct SymmetricEigen: Sendable {
  /// Eigenvalues, ascending.
  /// - Shape: `[n]`.
  public let values: [Double]
  /// Orthonormal eigenvectors; column `j` belongs to `values[j]`.
  /// - Shape: `[n, n]`.
  public let vectors: Matrix<Double>

  /// Decomposes a square matrix, of which only the upper triangle is read.
  /// - Throws: `LinearAlgebraError`.
  public init(_ matrix: Matrix<Double>) throws(LinearAlgebraError) {
    let shape = matrix.shape
    precondition(shape.rowCount == shape.columnCount, "\(shape) is not square")
    try LAPACKCall.checkSize(shape)
    try LAPACKCall.checkFinite(matrix)
    guard shape.elementCount > 0 else {
      (values, vectors) = ([], matrix)
      return
    }
    let order = Int32(shape.rowCount)
    var columns = matrix.elements
    var values = [Double](repeating: 0, count: shape.rowCount)
    var (optimal, optimalIntegers) = (0.0, Int32(0))
    // The upper triangle by rows is the lower triangle by columns.
    try LAPACKCall.check(
      "dsyevd",
      LAPACKE_dsyevd_work(
        LAPACKCall.columnMajor, LAPACKCall.vectors, LAPACKCall.lower, order, &columns, order,
        &values, &optimal, -1, &optimalIntegers, -1))
    var workspace = try LAPACKCall.workspace(optimal, for: shape)
    var integers = [Int32](repeating: 0, count: Int(optimalIntegers))
    try LAPACKCall.check(
      "dsyevd",
      LAPACKE_dsyevd_work(
        LAPACKCall.columnMajor, LAPACKCall.vectors, LAPACKCall.lower, order, &columns, order,
        &values, &workspace, Int32(workspace.count), &integers, optimalIntegers))
    self.values = values
    vectors = Matrix(shape, columns).transposed
  }
}
