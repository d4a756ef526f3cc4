package import SpectrimCore

/// Moves the images of a batch by a few pixels, all alike; what leaves at one side comes in at the
/// other, which is empty where images have a margin.
public struct ImageShift: Sendable, Equatable {
  /// The largest distance in either direction.
  /// - Units: pixels.
  public let distance: Int
  /// Rows of an image of one channel.
  public let rowCount: Int
  /// Columns of an image.
  public let columnCount: Int

  /// Describes shifts of at most `distance` pixels.
  public init(distance: Int, rowCount: Int, columnCount: Int) {
    precondition(distance >= 0 && rowCount > 0 && columnCount > 0, "a shift of \(distance)")
    self.distance = distance
    self.rowCount = rowCount
    self.columnCount = columnCount
  }

  /// Draws one distance downwards and one to the right, each in `±distance`.
  package func draw(using generator: inout SeededGenerator) -> (down: Int, right: Int) {
    let count = Double(2 * distance + 1)
    let down = Int(generator.uniform() * count) - distance
    return (down, Int(generator.uniform() * count) - distance)
  }

  /// Copies images to other places.
  /// - Shape: both `[count, rowCount · columnCount]` or longer.
  package func apply(
    _ offset: (down: Int, right: Int), to images: [Float], count: Int, into result: inout [Float]
  ) {
    let size = rowCount * columnCount
    precondition(images.count >= count * size && result.count >= count * size, "too short")
    let source = images.span
    var target = result.mutableSpan
    let right = Self.wrapped(offset.right, columnCount)
    for line in 0..<count * rowCount {
      let (image, row) = line.quotientAndRemainder(dividingBy: rowCount)
      let newRow = Self.wrapped(row + offset.down, rowCount)
      let (from, to) = (line * columnCount, image * size + newRow * columnCount)
      for column in 0..<columnCount - right { target[to + right + column] = source[from + column] }
      for column in 0..<right {
        target[to + column] = source[from + columnCount - right + column]
      }
    }
  }

  private static func wrapped(_ place: Int, _ length: Int) -> Int {
    let rest = place % length
    return rest < 0 ? rest + length : rest
  }
}
