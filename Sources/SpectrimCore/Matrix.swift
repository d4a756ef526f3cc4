/// A dense row-major matrix in one contiguous array.
///
/// Loops over elements go over `elements`; whole-matrix work goes to BLAS in one call.
public struct Matrix<Element: Sendable>: Sendable {
  /// Rows and columns.
  public let shape: Shape
  @usableFromInline var storage: [Element]

  /// All elements, row after row; they can be changed in place, but not in number.
  /// - Shape: `[rowCount, columnCount]`, row-major.
  @inlinable
  public var elements: [Element] {
    get { storage }
    _modify {
      yield &storage
      precondition(storage.count == shape.elementCount, "the shape is fixed")
    }
  }

  /// Wraps row-major elements, whose count must be that of the shape.
  public init(_ shape: Shape, _ elements: [Element]) {
    precondition(elements.count == shape.elementCount, "\(elements.count) elements for \(shape)")
    self.shape = shape
    storage = elements
  }

  /// Fills a matrix with one value.
  public init(repeating value: Element, _ shape: Shape) {
    self.init(shape, Array(repeating: value, count: shape.elementCount))
  }

  /// Creates a matrix from nested rows of equal length.
  public init(rows: [[Element]]) {
    let columnCount = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == columnCount }, "the rows differ in length")
    self.init(Shape(rows.count, columnCount), rows.flatMap { $0 })
  }

  /// How many rows.
  public var rowCount: Int { shape.rowCount }
  /// How many columns.
  public var columnCount: Int { shape.columnCount }

  /// One element.
  @inlinable
  public subscript(row: Int, column: Int) -> Element {
    get { storage[row * shape.columnCount + column] }
    _modify { yield &storage[row * shape.columnCount + column] }
  }

  /// One row, without a copy.
  @inlinable
  public func row(_ index: Int) -> ArraySlice<Element> {
    storage[index * shape.columnCount..<(index + 1) * shape.columnCount]
  }

  /// Rows `range`, copied.
  public func rows(_ range: Range<Int>) -> Matrix {
    Matrix(
      Shape(range.count, columnCount),
      Array(elements[range.lowerBound * columnCount..<range.upperBound * columnCount]))
  }

  /// The leading `count` columns, copied.
  public func leadingColumns(_ count: Int) -> Matrix {
    precondition(count <= columnCount, "\(count) columns of \(columnCount)")
    var kept: [Element] = []
    kept.reserveCapacity(rowCount * count)
    for index in 0..<rowCount { kept.append(contentsOf: row(index).prefix(count)) }
    return Matrix(Shape(rowCount, count), kept)
  }

  /// The transposed matrix, copied.
  public var transposed: Matrix {
    guard let first = elements.first else { return Matrix(shape.transposed, []) }
    var result = Array(repeating: first, count: elements.count)
    for row in 0..<rowCount {
      for column in 0..<columnCount {
        result[column * rowCount + row] = elements[row * columnCount + column]
      }
    }
    return Matrix(shape.transposed, result)
  }
}

extension Matrix: Equatable where Element: Equatable {}
