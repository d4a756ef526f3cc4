internal import CLAPACK
internal import SpectrimCore

/// What all calls of LAPACK share: option letters, 32-bit counts and the check of the outcome.
///
/// Only the `_work` calls are used: they neither copy nor search for NaN, because inputs are
/// checked once, and their workspace counts are exact in 64-bit floats.
enum LAPACKCall {
  static let columnMajor = LAPACK_COL_MAJOR
  static let values = letter("N")
  static let vectors = letter("V")
  static let lower = letter("L")
  static let upper = letter("U")
  static let anyDiagonal = letter("N")
  static let left = letter("L")
  static let asStored = letter("N")
  static let byIndex = letter("I")
  static let economic = letter("S")

  private static func letter(_ scalar: Unicode.Scalar) -> CChar {
    CChar(truncatingIfNeeded: scalar.value)
  }

  /// Turns LAPACK's outcome into an error; a negative one is a defect of the calling code.
  static func check(_ operation: String, _ info: Int32) throws(LinearAlgebraError) {
    precondition(info >= 0, "\(operation): argument \(-info) is illegal")
    if info > 0 { throw .didNotConverge(operation: operation, info: Int(info)) }
  }

  /// The workspace that LAPACK asked for, as long as its length fits 32 bits.
  static func workspace(
    _ optimalCount: Double, for shape: Shape
  ) throws(LinearAlgebraError) -> [Double] {
    // LAPACK's own sum of 32 bits may have wrapped to a negative number.
    guard (0...Double(Int32.max)).contains(optimalCount) else { throw .tooLarge(shape) }
    return Array(repeating: 0, count: max(1, Int(optimalCount)))
  }

  /// Checks that every count that LAPACK forms of the shape fits 32 bits.
  static func checkSize(_ shape: Shape) throws(LinearAlgebraError) {
    let largest = Int(Int32.max)
    guard shape.largerSide <= largest, shape.elementCount <= largest,
      shape.smallerSide * shape.smallerSide <= largest
    else { throw .tooLarge(shape) }
  }

  /// Checks that all elements are finite.
  static func checkFinite<Element: BinaryFloatingPoint>(
    _ matrix: Matrix<Element>
  ) throws(LinearAlgebraError) {
    guard let index = matrix.elements.firstIndex(where: { !$0.isFinite }) else { return }
    let (row, column) = index.quotientAndRemainder(dividingBy: matrix.columnCount)
    throw .notFinite(matrix.shape, row: row, column: column)
  }
}
