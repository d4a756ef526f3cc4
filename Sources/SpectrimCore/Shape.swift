/// The shape `[out, in]` of a linear map `y = W x + b`.
public struct Shape: Sendable, Hashable, Codable, CustomStringConvertible {
  /// Rows of `W`: how many outputs.
  public let rowCount: Int
  /// Columns of `W`: how many inputs.
  public let columnCount: Int

  /// Creates a shape from its two counts, neither of them negative.
  public init(_ rowCount: Int, _ columnCount: Int) {
    precondition(rowCount >= 0 && columnCount >= 0, "a shape has no negative side")
    self.rowCount = rowCount
    self.columnCount = columnCount
  }

  /// How many elements a dense matrix of this shape has.
  @inlinable
  public var elementCount: Int { rowCount * columnCount }
  /// `M = min(out, in)`, the largest possible rank.
  public var smallerSide: Int { min(rowCount, columnCount) }
  /// `N = max(out, in)`.
  public var largerSide: Int { max(rowCount, columnCount) }
  /// The shape of `Wᵀ`.
  public var transposed: Shape { Shape(columnCount, rowCount) }

  /// The text for people.
  public var description: String { "\(rowCount)×\(columnCount)" }
}
