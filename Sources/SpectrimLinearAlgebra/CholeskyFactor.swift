internal import CLAPACK
public import SpectrimCore

/// The Cholesky factor of a symmetric positive definite matrix, `A = L Lᵀ`.
public struct CholeskyFactor: Sendable {
  /// `L`, with zeros above the diagonal.
  /// - Shape: `[n, n]`.
  public let lower: Matrix<Double>

  /// Factors a square matrix, of which only the lower triangle is read.
  /// - Throws: `LinearAlgebraError`, among it `notPositiveDefinite`.
  /// - Complexity: O(n³ / 3).
  public init(_ matrix: Matrix<Double>) throws(LinearAlgebraError) {
    lower = Matrix(matrix.shape, try Self.triangle(of: matrix))
  }

  /// `X` with `X A = B`, that is `B A⁻¹`.
  /// - Shape: B and X are `[k, n]`.
  public func dividing(_ rows: Matrix<Double>) -> Matrix<Double> {
    precondition(
      rows.columnCount == lower.rowCount, "rows \(rows.shape) of a \(lower.shape) matrix")
    guard rows.shape.elementCount > 0 else { return rows }
    var solution = rows.elements
    let (order, count) = (Int32(rows.columnCount), Int32(rows.rowCount))
    // By columns, `L` is the upper triangle and the rows are the columns of the right side.
    let info = LAPACKE_dpotrs_work(
      LAPACKCall.columnMajor, LAPACKCall.upper, order, count, lower.elements, order, &solution,
      order)
    precondition(info == 0, "dpotrs: argument \(-info) is illegal")
    return Matrix(rows.shape, solution)
  }

  /// The upper triangle `C` with `A⁻¹ = Cᵀ C`.
  ///
  /// `A` in reverse order has the factor `L`; `L⁻¹` in reverse order is `C`. That is one
  /// factorization and one inversion of a triangle, where inverting `A` first takes three steps.
  /// - Shape: `[n, n]`, zeros below the diagonal.
  /// - Throws: `LinearAlgebraError`, among it `notPositiveDefinite`.
  public static func inverseUpperFactor(
    of matrix: Matrix<Double>
  ) throws(LinearAlgebraError) -> Matrix<Double> {
    // Both orders reversed is the whole array reversed.
    var elements = try triangle(of: Matrix(matrix.shape, matrix.elements.reversed()))
    let order = Int32(matrix.rowCount)
    if order > 0 {
      try LAPACKCall.check(
        "dtrtri",
        LAPACKE_dtrtri_work(
          LAPACKCall.columnMajor, LAPACKCall.upper, LAPACKCall.anyDiagonal, order, &elements,
          order))
    }
    return Matrix(matrix.shape, elements.reversed())
  }

  /// `L`, row-major.
  private static func triangle(
    of matrix: Matrix<Double>
  ) throws(LinearAlgebraError) -> [Double] {
    let shape = matrix.shape
    precondition(shape.rowCount == shape.columnCount, "\(shape) is not square")
    try LAPACKCall.checkSize(shape)
    try LAPACKCall.checkFinite(matrix)
    var elements = matrix.elements
    let side = shape.rowCount
    guard side > 0 else { return elements }
    // The lower triangle by rows is the upper triangle by columns.
    let info = LAPACKE_dpotrf_work(
      LAPACKCall.columnMajor, LAPACKCall.upper, Int32(side), &elements, Int32(side))
    precondition(info >= 0, "dpotrf: argument \(-info) is illegal")
    guard info == 0 else { throw .notPositiveDefinite(shape, order: Int(info)) }
    for row in 0..<side {
      for index in row * side + row + 1..<(row + 1) * side { elements[index] = 0 }
    }
    return elements
  }
}
