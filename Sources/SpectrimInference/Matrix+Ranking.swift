public import SpectrimCore

/// Which columns of a matrix of scores are the largest; a NaN is smaller than every number.
extension Matrix<Float> {
  /// The column of the largest element of every row, the first one if some are equal.
  /// - Shape: `[rowCount]`; the matrix has at least one column.
  public func largestColumns() -> [Int] {
    precondition(columnCount > 0 || rowCount == 0, "rows without columns have no largest")
    return (0..<rowCount).map { row in
      var best = 0
      for column in 1..<columnCount where self[row, column].ranksBefore(self[row, best]) {
        best = column
      }
      return best
    }
  }

  /// The columns of the `count` largest elements of a row, largest first; equal ones in order.
  /// - Shape: `[min(count, columnCount)]`.
  public func largestColumns(_ count: Int, ofRow row: Int) -> [Int] {
    let ranked = (0..<columnCount).sorted {
      let (left, right) = (self[row, $0], self[row, $1])
      return left.ranksBefore(right) || (!right.ranksBefore(left) && $0 < $1)
    }
    return Array(ranked.prefix(count))
  }
}
