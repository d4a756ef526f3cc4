internal import CBLAS
internal import SpectrimCore

/// Products in double precision with a matrix of floats, of which only a block at a time is turned
/// into doubles: a large matrix takes its own memory once, not three times.
///
/// This file does its own pointer arithmetic. Its proof: a block covers whole lines of the longer
/// side, `lines.upperBound` is at most that side, and results have room for all lines.
enum BlockedProducts {
  /// Doubles of one block, 32 MiB; matrices up to 2048×2048 are one block.
  private static let blockElementCount = 1 << 22

  /// The lower triangle of the Gram matrix of the smaller side, column-major.
  static func gram(_ matrix: Matrix<Float>) -> [Double] {
    let order = Int32(matrix.shape.smallerSide)
    var gram = [Double](repeating: 0, count: matrix.shape.smallerSide * matrix.shape.smallerSide)
    forEachBlock(of: matrix) { block, lines in
      // To BLAS, which counts by columns here, a block of whole rows has its lines as columns.
      let (isWide, depth) = (matrix.isWide, Int32(lines.count))
      cblas_dsyrk(
        CblasColMajor, CblasLower, isWide ? CblasTrans : CblasNoTrans, order, depth, 1, block,
        isWide ? depth : order, lines.lowerBound == 0 ? 0 : 1, &gram, order)
    }
    return gram
  }

  /// Rows of the smaller side times the matrix: `R W` if it is wide, `R Wᵀ` if it is tall.
  /// - Shape: rows `[r, smaller side]`, result `[r, larger side]`.
  static func times(_ rows: Matrix<Double>, _ matrix: Matrix<Float>) -> Matrix<Double> {
    let (count, side) = (rows.rowCount, matrix.shape.largerSide)
    var result = [Double](repeating: 0, count: count * side)
    forEachBlock(of: matrix) { block, lines in
      let (isWide, width) = (matrix.isWide, Int32(lines.count))
      let inner = Int32(rows.columnCount)
      result.withUnsafeMutableBufferPointer { result in
        cblas_dgemm(
          CblasRowMajor, CblasNoTrans, isWide ? CblasNoTrans : CblasTrans, Int32(count), width,
          inner, 1, rows.elements, inner, block, isWide ? width : inner, 0,
          result.baseAddress.map { $0 + lines.lowerBound }, Int32(side))
      }
    }
    return Matrix(Shape(count, side), result)
  }

  /// Gives whole lines of the larger side as doubles, row-major: rows of a tall matrix, columns of
  /// a wide one.
  private static func forEachBlock(
    of matrix: Matrix<Float>, _ body: (_ block: [Double], _ lines: Range<Int>) -> Void
  ) {
    let (small, large) = (matrix.shape.smallerSide, matrix.shape.largerSide)
    let height = max(1, blockElementCount / max(1, small))
    for start in stride(from: 0, to: large, by: height) {
      let lines = start..<min(start + height, large)
      if matrix.isWide {
        var block: [Double] = []
        block.reserveCapacity(small * lines.count)
        for row in 0..<small {
          for value in matrix.row(row).dropFirst(start).prefix(lines.count) {
            block.append(Double(value))
          }
        }
        body(block, lines)
      } else {
        body(matrix.elements[start * small..<lines.upperBound * small].map { Double($0) }, lines)
      }
    }
  }
}

extension Matrix {
  /// Whether there are at least as many columns as rows.
  var isWide: Bool { rowCount <= columnCount }
}
