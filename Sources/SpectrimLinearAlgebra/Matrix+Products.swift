internal import CBLAS
public import SpectrimCore

extension Matrix where Element == Float {
  /// `A · B`, in one call of BLAS.
  /// - Shape: `[m, k]` times `[k, n]` gives `[m, n]`.
  public func times(_ other: Matrix) -> Matrix {
    product(ProductSides(self, .asStored, other, .asStored), other)
  }

  /// `A · Bᵀ`, in one call of BLAS.
  /// - Shape: `[m, k]` times `[n, k]` gives `[m, n]`.
  public func timesTransposed(_ other: Matrix) -> Matrix {
    product(ProductSides(self, .asStored, other, .transposed), other)
  }

  /// `Aᵀ · B`, in one call of BLAS.
  /// - Shape: `[k, m]` times `[k, n]` gives `[m, n]`.
  public func transposedTimes(_ other: Matrix) -> Matrix {
    product(ProductSides(self, .transposed, other, .asStored), other)
  }

  private func product(_ sides: ProductSides, _ other: Matrix) -> Matrix {
    var result = [Float](repeating: 0, count: sides.result.elementCount)
    if !sides.isZero {
      cblas_sgemm(
        CblasRowMajor, sides.left.flag, sides.right.flag, sides.rows, sides.columns, sides.inner,
        1, elements, sides.leftStride, other.elements, sides.rightStride,
        0, &result, sides.columns)
    }
    return Matrix(sides.result, result)
  }
}

extension Matrix where Element == Double {
  /// `A · B`, in one call of BLAS.
  /// - Shape: `[m, k]` times `[k, n]` gives `[m, n]`.
  public func times(_ other: Matrix) -> Matrix {
    product(ProductSides(self, .asStored, other, .asStored), other)
  }

  /// `A · Bᵀ`, in one call of BLAS.
  /// - Shape: `[m, k]` times `[n, k]` gives `[m, n]`.
  public func timesTransposed(_ other: Matrix) -> Matrix {
    product(ProductSides(self, .asStored, other, .transposed), other)
  }

  /// `Aᵀ · B`, in one call of BLAS.
  /// - Shape: `[k, m]` times `[k, n]` gives `[m, n]`.
  public func transposedTimes(_ other: Matrix) -> Matrix {
    product(ProductSides(self, .transposed, other, .asStored), other)
  }

  private func product(_ sides: ProductSides, _ other: Matrix) -> Matrix {
    var result = [Double](repeating: 0, count: sides.result.elementCount)
    if !sides.isZero {
      cblas_dgemm(
        CblasRowMajor, sides.left.flag, sides.right.flag, sides.rows, sides.columns, sides.inner,
        1, elements, sides.leftStride, other.elements, sides.rightStride,
        0, &result, sides.columns)
    }
    return Matrix(sides.result, result)
  }
}

/// Whether a factor is taken as it is stored.
private enum Orientation {
  case asStored
  case transposed

  var flag: CBLAS_TRANSPOSE { self == .asStored ? CblasNoTrans : CblasTrans }
}

/// The checked sides of a product, in the 32 bits that BLAS counts in.
private struct ProductSides {
  let left: Orientation
  let right: Orientation
  let result: Shape
  let rows: Int32
  let columns: Int32
  let inner: Int32
  let leftStride: Int32
  let rightStride: Int32

  init<Element>(
    _ left: Matrix<Element>, _ leftOrientation: Orientation,
    _ right: Matrix<Element>, _ rightOrientation: Orientation
  ) {
    let first = leftOrientation == .asStored ? left.shape : left.shape.transposed
    let second = rightOrientation == .asStored ? right.shape : right.shape.transposed
    precondition(first.columnCount == second.rowCount, "\(first) times \(second)")
    self.left = leftOrientation
    self.right = rightOrientation
    result = Shape(first.rowCount, second.columnCount)
    // These conversions trap if a side does not fit, before BLAS sees a wrapped number.
    rows = Int32(result.rowCount)
    columns = Int32(result.columnCount)
    inner = Int32(first.columnCount)
    leftStride = Int32(left.columnCount)
    rightStride = Int32(right.columnCount)
  }

  /// An empty sum or an empty result, which BLAS need not see.
  var isZero: Bool { rows == 0 || columns == 0 || inner == 0 }
}
