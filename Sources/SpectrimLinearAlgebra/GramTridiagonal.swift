internal import CLAPACK
internal import SpectrimCore

/// The Gram matrix of the smaller side, reduced to tridiagonal form once.
///
/// `G = Q T Qᵀ`, with `G = W Wᵀ` or `Wᵀ W`, whichever is smaller. All eigenvalues come from `T`
/// alone; the reflectors that make up `Q` are kept, so that leading eigenvectors cost no second
/// reduction, which is the expensive step.
struct GramTridiagonal: Sendable {
  /// The side of `G`, `min(out, in)`.
  private let side: Int
  /// Householder reflectors below the diagonal.
  /// - Shape: `[side, side]`, column-major as LAPACK left them.
  private let reflectors: [Double]
  private let reflectorScales: [Double]
  private let diagonal: [Double]
  private let offDiagonal: [Double]
  /// All eigenvalues of `G`, ascending; tiny ones may be negative by rounding.
  let eigenvalues: [Double]

  /// Reduces the Gram matrix of a finite matrix that has elements.
  init(_ matrix: Matrix<Float>) throws(LinearAlgebraError) {
    try self.init(BlockedProducts.gram(matrix), side: matrix.shape.smallerSide)
  }

  /// Reduces a symmetric matrix that has elements, all of them finite.
  init(symmetric matrix: Matrix<Double>) throws(LinearAlgebraError) {
    try self.init(matrix.elements, side: matrix.rowCount)
  }

  /// Reduces the lower triangle of a column-major matrix.
  private init(_ gram: consuming [Double], side: Int) throws(LinearAlgebraError) {
    self.side = side
    let order = Int32(side)
    var diagonal = [Double](repeating: 0, count: side)
    var offDiagonal = [Double](repeating: 0, count: side)
    var scales = [Double](repeating: 0, count: side)
    var optimal = 0.0
    try LAPACKCall.check(
      "dsytrd",
      LAPACKE_dsytrd_work(
        LAPACKCall.columnMajor, LAPACKCall.lower, order, &gram, order, &diagonal, &offDiagonal,
        &scales, &optimal, -1))
    var workspace = try LAPACKCall.workspace(optimal, for: Shape(side, side))
    try LAPACKCall.check(
      "dsytrd",
      LAPACKE_dsytrd_work(
        LAPACKCall.columnMajor, LAPACKCall.lower, order, &gram, order, &diagonal, &offDiagonal,
        &scales, &workspace, Int32(workspace.count)))
    var values = diagonal
    var consumed = offDiagonal
    try LAPACKCall.check("dsterf", LAPACKE_dsterf_work(order, &values, &consumed))
    reflectors = gram
    reflectorScales = scales
    self.diagonal = diagonal
    self.offDiagonal = offDiagonal
    eigenvalues = values
  }

  /// The eigenvectors of the `count` largest eigenvalues, one per row, the largest last.
  /// - Shape: `[count, side]`.
  func leadingEigenvectors(_ count: Int) throws(LinearAlgebraError) -> Matrix<Double> {
    let shape = Shape(count, side)
    guard count > 0 else { return Matrix(shape, []) }
    var vectors = try tridiagonalEigenvectors(count)
    let (order, columns) = (Int32(side), Int32(count))
    var optimal = 0.0
    try LAPACKCall.check(
      "dormtr",
      LAPACKE_dormtr_work(
        LAPACKCall.columnMajor, LAPACKCall.left, LAPACKCall.lower, LAPACKCall.asStored, order,
        columns, reflectors, order, reflectorScales, &vectors, order, &optimal, -1))
    var workspace = try LAPACKCall.workspace(optimal, for: shape)
    try LAPACKCall.check(
      "dormtr",
      LAPACKE_dormtr_work(
        LAPACKCall.columnMajor, LAPACKCall.left, LAPACKCall.lower, LAPACKCall.asStored, order,
        columns, reflectors, order, reflectorScales, &vectors, order, &workspace,
        Int32(workspace.count)))
    return Matrix(shape, vectors)
  }

  /// Eigenvectors of `T`, column-major, by relatively robust representations.
  private func tridiagonalEigenvectors(
    _ count: Int
  ) throws(LinearAlgebraError) -> [Double] {
    var (diagonal, offDiagonal) = (diagonal, offDiagonal)
    var values = [Double](repeating: 0, count: side)
    var vectors = [Double](repeating: 0, count: side * count)
    var support = [Int32](repeating: 0, count: 2 * count)
    var (found, wantsHighAccuracy): (Int32, Int32) = (0, 1)
    // The two workspace lengths are those that the documentation of dstemr asks for.
    var workspace = [Double](repeating: 0, count: 18 * side)
    var integerWorkspace = [Int32](repeating: 0, count: 10 * side)
    let order = Int32(side)
    try LAPACKCall.check(
      "dstemr",
      LAPACKE_dstemr_work(
        LAPACKCall.columnMajor, LAPACKCall.vectors, LAPACKCall.byIndex, order, &diagonal,
        &offDiagonal, 0, 0, Int32(side - count + 1), order, &found, &values, &vectors, order,
        Int32(count), &support, &wantsHighAccuracy, &workspace, Int32(workspace.count),
        &integerWorkspace, Int32(integerWorkspace.count)))
    precondition(Int(found) == count, "dstemr found \(found) of \(count) vectors")
    return vectors
  }
}
