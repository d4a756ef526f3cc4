public import SpectrimCore

/// Why a decomposition gave no result.
public enum LinearAlgebraError: Error, Sendable, Equatable {
  /// LAPACK's iteration stopped before its result was exact.
  case didNotConverge(operation: String, info: Int)
  /// A leading part of a symmetric matrix has an eigenvalue that is not positive.
  case notPositiveDefinite(Shape, order: Int)
  /// An element is infinite or not a number, which LAPACK may answer with an endless loop.
  case notFinite(Shape, row: Int, column: Int)
  /// LAPACK counts elements and workspace in 32 bits.
  case tooLarge(Shape)
}

extension LinearAlgebraError: CustomStringConvertible {
  /// One line: where, found, expected, remedy.
  public var description: String {
    switch self {
    case .didNotConverge(let operation, let info):
      "LAPACK's \(operation) did not converge (info \(info)); "
        + "the matrix is extremely ill-scaled, rescale or retrain the layer"
    case .notPositiveDefinite(let shape, let order):
      "a \(shape) matrix is not positive definite from its leading \(order) rows on; "
        + "its values are too far apart, use more data or normalize the inputs"
    case .notFinite(let shape, let row, let column):
      "row \(row), column \(column) of a \(shape) matrix is not a finite number; "
        + "repair or retrain the layer"
    case .tooLarge(let shape):
      "a \(shape) matrix is too large to decompose, LAPACK counts in 32 bits; "
        + "leave this layer as it is"
    }
  }
}
