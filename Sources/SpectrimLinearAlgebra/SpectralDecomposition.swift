public import SpectrimCore

/// The exact singular value decomposition of a weight matrix through its Gram matrix.
///
/// The Gram matrix of the smaller side is formed in double precision and reduced once; that gives
/// all singular values, and later the vectors of any leading part. Errors of a value are about
/// `1e-16 s₁² / sᵢ`: below `1e-6 s₁` the values come from LAPACK's own decomposition instead, and
/// so do all factors when the last kept one lies below `smallestGramShare · s₁`.
/// - Complexity: O(M² N) with `N = max(out, in)` and `M = min`.
public struct SpectralDecomposition: Sendable {
  /// Vectors of the larger side are `W v / s`, orthogonal to `1e-16 (s₁ / s)²` (measured from
  /// 64×64 to 500×784); above this share of `s₁` that stays well within 1e-10.
  static let smallestGramShare = 2e-3
  /// Below this share of `s₁` fewer than four digits of a Gram value are right.
  static let smallestGramValueShare = 1e-6

  /// The shape `[out, in]` of the decomposed matrix.
  public let shape: Shape
  /// All `min(out, in)` singular values, descending.
  public let singularValues: [Double]

  private let matrix: Matrix<Float>
  /// Absent only if the matrix has no elements.
  private let gram: GramTridiagonal?

  /// Computes all singular values.
  /// - Throws: `LinearAlgebraError` when an element is not finite, the matrix is too large for
  ///   LAPACK, or an iteration does not converge.
  public init(_ matrix: Matrix<Float>) throws(LinearAlgebraError) {
    try LAPACKCall.checkSize(matrix.shape)
    try LAPACKCall.checkFinite(matrix)
    shape = matrix.shape
    self.matrix = matrix
    guard shape.elementCount > 0 else {
      gram = nil
      singularValues = []
      return
    }
    let gram = try GramTridiagonal(matrix)
    self.gram = gram
    let values = gram.eigenvalues.reversed().map { max(0, $0).squareRoot() }
    let (largest, smallest) = (values[0], values[values.count - 1])
    singularValues =
      smallest > Self.smallestGramValueShare * largest
      ? values : try LAPACKDecomposition.singularValues(of: Matrix<Double>(matrix))
  }

  /// The leading `rank` components, `rank` between 0 and `min(out, in)`.
  ///
  /// Also for singular values that are zero the columns are orthonormal, to about 1e-10.
  /// - Throws: `LinearAlgebraError` when an iteration does not converge.
  public func leadingFactors(rank: Int) throws(LinearAlgebraError) -> LeadingFactors {
    precondition((0...shape.smallerSide).contains(rank), "rank \(rank) of a \(shape) matrix")
    guard let gram, rank > 0 else {
      return LeadingFactors(
        leftRows: Matrix(Shape(0, shape.rowCount), []), singularValues: [],
        rightRows: Matrix(Shape(0, shape.columnCount), []))
    }
    guard singularValues[rank - 1] > Self.smallestGramShare * singularValues[0] else {
      return try LAPACKDecomposition(Matrix<Double>(matrix)).factors.leading(rank)
    }
    let values = Array(singularValues.prefix(rank))
    let near = Self.reversingRows(try gram.leadingEigenvectors(rank))
    let far = Self.dividingRows(BlockedProducts.times(near, matrix), by: values)
    return matrix.isWide
      ? LeadingFactors(leftRows: near, singularValues: values, rightRows: far)
      : LeadingFactors(leftRows: far, singularValues: values, rightRows: near)
  }

  private static func reversingRows(_ matrix: consuming Matrix<Double>) -> Matrix<Double> {
    for row in 0..<matrix.rowCount / 2 {
      let other = matrix.rowCount - 1 - row
      for column in 0..<matrix.columnCount {
        matrix.elements.swapAt(
          row * matrix.columnCount + column, other * matrix.columnCount + column)
      }
    }
    return matrix
  }

  private static func dividingRows(
    _ matrix: consuming Matrix<Double>, by divisors: [Double]
  ) -> Matrix<Double> {
    for (row, divisor) in divisors.enumerated() {
      for index in row * matrix.columnCount..<(row + 1) * matrix.columnCount {
        matrix.elements[index] /= divisor
      }
    }
    return matrix
  }
}
