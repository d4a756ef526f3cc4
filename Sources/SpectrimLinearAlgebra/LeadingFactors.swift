public import SpectrimCore

/// The leading part of a singular value decomposition, `W ≈ U diag(s) Vᵀ`.
///
/// Signs are fixed so that equal input gives equal factors: in every column of `U` the component
/// of largest magnitude is positive, of equal magnitudes the one of the lowest row.
public struct LeadingFactors: Sendable, Equatable {
  /// Left singular vectors, orthonormal rows.
  /// - Shape: `[r, out]`.
  public let leftRows: Matrix<Double>
  /// Singular values, descending.
  /// - Shape: `[r]`.
  public let singularValues: [Double]
  /// Right singular vectors, orthonormal rows.
  /// - Shape: `[r, in]`.
  public let rightRows: Matrix<Double>

  /// Fixes the signs of vectors that come one per row, as LAPACK gives them.
  /// - Shape: `leftRows [r, out]`, `rightRows [r, in]`.
  init(
    leftRows: consuming Matrix<Double>, singularValues: [Double],
    rightRows: consuming Matrix<Double>
  ) {
    for index in 0..<leftRows.rowCount where Self.isNegative(leftRows.row(index)) {
      leftRows.negate(row: index)
      rightRows.negate(row: index)
    }
    self.leftRows = leftRows
    self.rightRows = rightRows
    self.singularValues = singularValues
  }

  private init(rows left: Matrix<Double>, _ values: [Double], _ right: Matrix<Double>) {
    (leftRows, singularValues, rightRows) = (left, values, right)
  }

  /// Left singular vectors, orthonormal columns, copied.
  /// - Shape: `[out, r]`.
  public var u: Matrix<Double> { leftRows.transposed }
  /// Right singular vectors, orthonormal columns, copied.
  /// - Shape: `[in, r]`.
  public var v: Matrix<Double> { rightRows.transposed }

  /// How many components there are.
  public var rank: Int { singularValues.count }

  /// The first `rank` components.
  public func leading(_ rank: Int) -> LeadingFactors {
    precondition(rank <= self.rank, "rank \(rank) of \(self.rank)")
    return LeadingFactors(
      rows: leftRows.rows(0..<rank), Array(singularValues.prefix(rank)), rightRows.rows(0..<rank))
  }

  private static func isNegative(_ vector: ArraySlice<Double>) -> Bool {
    var extreme = 0.0
    for component in vector where component.magnitude > extreme.magnitude { extreme = component }
    return extreme < 0
  }
}

extension Matrix<Double> {
  fileprivate mutating func negate(row: Int) {
    for index in row * columnCount..<(row + 1) * columnCount { elements[index].negate() }
  }
}
