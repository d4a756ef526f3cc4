internal import SpectrimCore

extension FormatNode {
  /// Refuses a weight whose dense matrix dwarfs the tensors of this group.
  ///
  /// Factors without columns, and codes without rows, store nothing and may claim any shape; who
  /// unpacks them would run out of memory.
  func checkIsPlausible(_ shape: Shape) throws(FormatError) {
    let limit = max(
      FormatLimit.plausibleDenseByteCount, tensorByteCount * FormatLimit.plausibleDenseRatio)
    // No overflow: `FormatLimit.sideCount` bounds the sides.
    guard 4 * shape.elementCount <= limit else {
      throw FormatError(
        at: path,
        .outOfRange(
          "shape \([shape.rowCount, shape.columnCount]) is far larger than its tensors of "
            + "\(tensorByteCount) bytes"))
    }
  }
}
