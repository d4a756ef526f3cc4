internal import CLAPACK
public import SpectrimCore

/// The singular value decomposition by LAPACK's divide and conquer (`dgesdd`).
///
/// Three to four times slower than `SpectralDecomposition`, but small singular values are as
/// exact as large ones in absolute terms, and the vectors of zero singular values are orthonormal.
public struct LAPACKDecomposition: Sendable {
  /// All `min(out, in)` components.
  public let factors: LeadingFactors

  /// Decomposes a matrix.
  /// - Throws: `LinearAlgebraError`.
  public init(_ matrix: Matrix<Double>) throws(LinearAlgebraError) {
    let rank = matrix.shape.smallerSide
    var left = [Double](repeating: 0, count: matrix.rowCount * rank)
    var right = [Double](repeating: 0, count: rank * matrix.columnCount)
    let values = try Self.decompose(matrix, LAPACKCall.economic, &left, &right)
    factors = LeadingFactors(
      leftRows: Matrix(Shape(matrix.rowCount, rank), left).transposed,
      singularValues: values,
      rightRows: Matrix(Shape(rank, matrix.columnCount), right))
  }

  /// All `min(out, in)` singular values, descending, without vectors.
  /// - Throws: `LinearAlgebraError`.
  public static func singularValues(
    of matrix: Matrix<Double>
  ) throws(LinearAlgebraError) -> [Double] {
    var (left, right) = ([0.0], [0.0])
    return try decompose(matrix, LAPACKCall.values, &left, &right)
  }

  /// Runs `dgesdd` on `Wᵀ`, which is what the row-major `W` is to LAPACK: its left vectors,
  /// column-major, are our right ones by row, and its right vectors our left ones by column.
  private static func decompose(
    _ matrix: Matrix<Double>, _ job: CChar, _ left: inout [Double], _ right: inout [Double]
  ) throws(LinearAlgebraError) -> [Double] {
    try LAPACKCall.checkSize(matrix.shape)
    try LAPACKCall.checkFinite(matrix)
    let rank = matrix.shape.smallerSide
    guard rank > 0 else { return [] }
    let (rows, columns) = (Int32(matrix.columnCount), Int32(matrix.rowCount))
    var consumed = matrix.elements
    var values = [Double](repeating: 0, count: rank)
    var integers = [Int32](repeating: 0, count: 8 * rank)
    var optimal = 0.0
    try LAPACKCall.check(
      "dgesdd",
      LAPACKE_dgesdd_work(
        LAPACKCall.columnMajor, job, rows, columns, &consumed, rows, &values, &right, rows,
        &left, Int32(rank), &optimal, -1, &integers))
    var workspace = try LAPACKCall.workspace(optimal, for: matrix.shape)
    try LAPACKCall.check(
      "dgesdd",
      LAPACKE_dgesdd_work(
        LAPACKCall.columnMajor, job, rows, columns, &consumed, rows, &values, &right, rows,
        &left, Int32(rank), &workspace, Int32(workspace.count), &integers))
    return values
  }
}
