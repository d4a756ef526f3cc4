public import SpectrimCore

/// Whole batches with memory of their own, for callers who do not count allocations.
extension Engine {
  /// The scores of normalized examples, which are what the network itself sees.
  /// - Shape: batch `[count, input.elementCount]`, result `[count, outputCount]`.
  public func scores(for batch: Matrix<Float>) -> Matrix<Float> {
    precondition(
      batch.columnCount == input.elementCount,
      "examples of \(batch.columnCount) numbers for a model of \(input.elementCount)")
    var scores = [Float](repeating: 0, count: batch.rowCount * outputCount)
    var output = scores.mutableSpan
    var workspace = Workspace()
    score(batch.elements.span, count: batch.rowCount, into: &output, workspace: &workspace)
    return Matrix(Shape(batch.rowCount, outputCount), scores)
  }

  /// The scores of images; the model's normalization is applied.
  /// - Shape: pixels `[count, input.elementCount]`, result `[count, outputCount]`.
  public func scores(pixels: [UInt8], count: Int) -> Matrix<Float> {
    var scores = [Float](repeating: 0, count: count * outputCount)
    var output = scores.mutableSpan
    var workspace = Workspace()
    score(pixels: pixels.span, count: count, into: &output, workspace: &workspace)
    return Matrix(Shape(count, outputCount), scores)
  }

  /// The class with the largest score of every normalized example, the first one if some are equal.
  /// - Shape: batch `[count, input.elementCount]`, result `[count]`.
  public func predictions(for batch: Matrix<Float>) -> [Int] {
    scores(for: batch).largestColumns()
  }

  /// The class with the largest score of every image, the first one if some are equal.
  /// - Shape: pixels `[count, input.elementCount]`, result `[count]`.
  public func predictions(pixels: [UInt8], count: Int) -> [Int] {
    scores(pixels: pixels, count: count).largestColumns()
  }
}
