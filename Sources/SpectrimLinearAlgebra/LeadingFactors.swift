public import SpectrimCore

/// The leading part of a singular value decomposition, `W ≈ U diag(s) Vᵀ`.
///
/// Signs are fixed so that equal input gives equal factors: in every column of `U` the component
/// of largest magnitude is positive, of equal magnitudes the one of the lowest row.
public struct LeadingFactors: Sendable, Equatable {
  /// Left singular vectors, orthonormal columns.
  /// - Shape: `[out, r]`.
  public let u: Matrix<Double>
  /// Singular values, descending.
  /// - Shape: `[r]`.
  public let singularValues: [Double]
  /// Right singular vectors, orthonormal columns.
  /// - Shape: `[in, r]`.
  public let v: Matrix<Double>

  /// Fixes the signs of vectors that come one per row, as LAPACK gives them.
  /// - Shape: `leftRows [r, out]`, `rightRows [r, in]`.
  init(leftRows: Matrix<Double>, singularValues: [Double], rightRows: Matrix<Double>) {
    var (left, right) = (leftRows.elements, rightRows.elements)
    for index in 0..<leftRows.rowCount where Self.isNegative(leftRows.row(index)) {
      Self.negate(&left, row: index, width: leftRows.columnCount)
      Self.negate(&right, row: index, width: rightRows.columnCount)
    }
    u = Matrix(leftRows.shape, left).transposed
    v = Matrix(rightRows.shape, right).transposed
    self.singularValues = singularValues
  }

  private init(u: Matrix<Double>, singularValues: [Double], v: Matrix<Double>) {
    self.u = u
    self.singularValues = singularValues
    self.v = v
  }

  /// How many components there are.
  public var rank: Int { singularValues.count }

  /// The first `rank` components.
  public func leading(_ rank: Int) -> LeadingFactors {
    precondition(rank <= self.rank, "rank \(rank) of \(self.rank)")
    return LeadingFactors(
      u: u.leadingColumns(rank), singularValues: Array(singularValues.prefix(rank)),
      v: v.leadingColumns(rank))
  }

  private static func isNegative(_ vector: ArraySlice<Double>) -> Bool {
    var extreme = 0.0
    for component in vector where component.magnitude > extreme.magnitude { extreme = component }
    return extreme < 0
  }

  private static func negate(_ elements: inout [Double], row: Int, width: Int) {
    for index in row * width..<(row + 1) * width { elements[index].negate() }
  }
}
