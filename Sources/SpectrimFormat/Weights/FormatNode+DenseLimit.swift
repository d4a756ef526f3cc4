internal import SpectrimCore

extension FormatNode {
  /// Refuses a weight whose dense matrix dwarfs the tensors of this group.
  ///
  /// Factors without columns, and codes without rows, store nothing and may claim any shape; who
  /// unpacks them would run out of memory, and beyond 2⁶³ even their size is no number.
  func checkIsPlausible(_ shape: Shape) throws(FormatError) {
    let limit = min(
      FormatLimit.tensorByteCount,
      max(
        FormatLimit.plausibleDenseByteCount, tensorByteCount * FormatLimit.plausibleDenseRatio))
    let dense = [shape.rowCount, shape.columnCount]
    guard let byteCount = Tensor.byteCount(.float32, dense), byteCount <= limit else {
      throw FormatError(
        at: path,
        .outOfRange(
          "shape \(dense) is far larger than its tensors of \(tensorByteCount) bytes"))
    }
  }
}
