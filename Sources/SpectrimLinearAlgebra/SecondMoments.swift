internal import CBLAS
public import SpectrimCore

/// Sums of outer products of many rows of floats.
///
/// A block of rows is multiplied in single precision; blocks are added in double, so that the error
/// does not grow with their number.
public struct SecondMoments: Sendable {
  /// `Σ x yᵀ`; of a symmetric sum only the upper triangle until `finished`.
  private var sum: Matrix<Double>
  private let isSymmetric: Bool

  /// Starts at zero, for `Σ x xᵀ`.
  public init(width: Int) {
    sum = Matrix(repeating: 0, Shape(width, width))
    isSymmetric = true
  }

  /// Starts at zero, for `Σ x yᵀ`.
  public init(_ shape: Shape) {
    sum = Matrix(repeating: 0, shape)
    isSymmetric = false
  }

  /// Adds what a block gave.
  public mutating func add(_ block: Matrix<Float>) {
    precondition(block.shape == sum.shape, "\(block.shape) to \(sum.shape)")
    for index in block.elements.indices { sum.elements[index] += Double(block.elements[index]) }
  }

  /// The sum, divided.
  public func divided(by count: Int) -> Matrix<Double> {
    var result = sum
    for row in 0..<sum.rowCount {
      for column in isSymmetric ? row..<sum.columnCount : 0..<sum.columnCount {
        let value = sum[row, column] / Double(count)
        result[row, column] = value
        if isSymmetric { result[column, row] = value }
      }
    }
    return result
  }

  /// The upper triangle of `Xᵀ X` of the leading rows, added to an earlier one.
  /// - Shape: rows at least `[count, width]`, result `[width, width]`.
  public static func addGram(of rows: [Float], count: Int, to result: inout Matrix<Float>) {
    let width = result.columnCount
    precondition(rows.count >= count * width, "\(rows.count) numbers for \(count) rows of \(width)")
    guard count > 0, width > 0 else { return }
    let (side, depth) = (Int32(width), Int32(count))
    cblas_ssyrk(
      CblasRowMajor, CblasUpper, CblasTrans, side, depth, 1, rows, side, 1, &result.elements, side)
  }

  /// `Xᵀ Y` of the leading rows.
  /// - Shape: left at least `[count, m]`, right at least `[count, n]`, result `[m, n]`.
  public static func product(
    _ left: [Float], _ right: [Float], count: Int, shape: Shape
  ) -> Matrix<Float> {
    precondition(left.count >= count * shape.rowCount, "the left rows are too few")
    precondition(right.count >= count * shape.columnCount, "the right rows are too few")
    var result = Matrix<Float>(repeating: 0, shape)
    guard count > 0, shape.elementCount > 0 else { return result }
    let (rows, columns) = (Int32(shape.rowCount), Int32(shape.columnCount))
    cblas_sgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, rows, columns, Int32(count), 1, left, rows, right,
      columns, 0, &result.elements, columns)
    return result
  }
}
