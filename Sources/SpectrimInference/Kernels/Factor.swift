internal import CBLAS
internal import SpectrimCore

/// A float matrix `F [out, in]` as BLAS applies it to rows, in the memory order it came in.
///
/// This is the only file of the module with unsafe pointers. Their proof: `multiply` compares the
/// counts of all three buffers with the counts that BLAS is given, every count fits `Int32`, the
/// buffers outlive the call, and exclusive access keeps the output apart from what is read.
struct Factor: Sendable {
  let outputCount: Int
  let inputCount: Int
  private let values: [Float]
  /// Whether `values` is `[in, out]` in place of `[out, in]`.
  private let isTransposed: Bool

  /// Takes `F` itself.
  /// - Shape: `[out, in]`.
  init(_ matrix: Matrix<Float>) {
    (outputCount, inputCount) = (matrix.rowCount, matrix.columnCount)
    (values, isTransposed) = (matrix.elements, false)
  }

  /// Takes `Fᵀ`, without moving a number.
  /// - Shape: `[in, out]`.
  init(transposing matrix: Matrix<Float>) {
    (outputCount, inputCount) = (matrix.columnCount, matrix.rowCount)
    (values, isTransposed) = (matrix.elements, true)
  }

  /// `Y = s X Fᵀ`, or `Y += s X Fᵀ` if `adding`; what stands behind row `rowCount` stays.
  /// - Shape: input at least `[rowCount, in]`, output at least `[rowCount, out]`.
  func multiply(
    _ input: Span<Float>, rowCount: Int, into output: inout MutableSpan<Float>,
    scale: Float = 1, adding: Bool = false
  ) {
    precondition(values.count == outputCount * inputCount)
    precondition(input.count >= rowCount * inputCount, "\(input.count) inputs")
    precondition(output.count >= rowCount * outputCount, "\(output.count) outputs")
    // BLAS libraries differ in what they do with an empty side.
    guard rowCount > 0, outputCount > 0, inputCount > 0 else {
      if !adding { for index in 0..<rowCount * outputCount { output[index] = 0 } }
      return
    }
    values.withUnsafeBufferPointer { factor in
      input.withUnsafeBufferPointer { x in
        output.withUnsafeMutableBufferPointer { y in
          call(x.baseAddress, rowCount, factor.baseAddress, y.baseAddress, scale, adding ? 1 : 0)
        }
      }
    }
  }

  /// `Y = X Fᵀ` from one buffer into another.
  func multiply(_ input: [Float], rowCount: Int, into output: inout [Float]) {
    var output = output.mutableSpan
    multiply(input.span, rowCount: rowCount, into: &output)
  }

  /// One row goes to `sgemv`, which took a quarter of the time of `sgemm` or less for every layer
  /// of 784-500-300-10 at rank 40/30 and undivided (OpenBLAS 0.3.21, one thread, median of 300).
  private func call(
    _ x: UnsafePointer<Float>?, _ rowCount: Int, _ factor: UnsafePointer<Float>?,
    _ y: UnsafeMutablePointer<Float>?, _ scale: Float, _ kept: Float
  ) {
    let (rows, outputs, inputs) = (Int32(rowCount), Int32(outputCount), Int32(inputCount))
    let stride = isTransposed ? outputs : inputs
    if rowCount == 1 {
      cblas_sgemv(
        CblasRowMajor, isTransposed ? CblasTrans : CblasNoTrans,
        isTransposed ? inputs : outputs, stride, scale, factor, stride, x, 1, kept, y, 1)
    } else {
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, isTransposed ? CblasNoTrans : CblasTrans,
        rows, outputs, inputs, scale, x, inputs, factor, stride, kept, y, outputs)
    }
  }
}
