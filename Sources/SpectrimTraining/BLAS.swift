internal import CBLAS

/// The only calls into BLAS of this module.
///
/// The unsafe pointers below are in bounds: every count is checked against the sides that BLAS is
/// told, and the arrays outlive the call.
enum BLAS {
  /// `C ← scale · op(A) · op(B) + carry · C`; all matrices are row-major without gaps.
  ///
  /// Buffers may be longer than their matrix, because the last batch of an epoch is shorter.
  /// - Shape: op(A) `[rows, depth]`, op(B) `[depth, columns]`, C `[rows, columns]`; a transposed
  ///   operand is stored with its sides exchanged.
  static func multiply(
    _ a: [Float], leftTransposed aIsTransposed: Bool = false,
    by b: [Float], rightTransposed bIsTransposed: Bool = false,
    into c: inout [Float], rows: Int, columns: Int, depth: Int,
    scale: Float = 1, carry: Float = 0
  ) {
    precondition(a.count >= rows * depth && b.count >= depth * columns, "an operand is too short")
    precondition(c.count >= rows * columns, "the result is too short")
    guard rows > 0, columns > 0 else { return }
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        c.withUnsafeMutableBufferPointer { c in
          cblas_sgemm(
            CblasRowMajor, aIsTransposed ? CblasTrans : CblasNoTrans,
            bIsTransposed ? CblasTrans : CblasNoTrans,
            side(rows), side(columns), side(depth), scale,
            a.baseAddress, stride(aIsTransposed ? rows : depth),
            b.baseAddress, stride(bIsTransposed ? depth : columns),
            carry, c.baseAddress, stride(columns))
        }
      }
    }
  }

  private static func side(_ count: Int) -> blasint {
    precondition(count <= Int(Int32.max), "BLAS counts with 32 bits")
    return blasint(count)
  }

  /// The distance between rows, which BLAS wants positive even for an empty matrix.
  private static func stride(_ count: Int) -> blasint { max(1, side(count)) }
}
