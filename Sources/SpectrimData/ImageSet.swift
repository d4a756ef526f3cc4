public import SpectrimCore

/// Gray images of one size with their labels.
public struct ImageSet: Sendable, Equatable {
  /// All pixels, image after image, row after row.
  /// - Shape: `[count, rowCount, columnCount]`.
  public let pixels: [UInt8]
  /// The class of every image.
  /// - Shape: `[count]`.
  public let labels: [UInt8]
  /// Rows of one image.
  public let rowCount: Int
  /// Columns of one image.
  public let columnCount: Int

  /// Joins pixels and labels, whose counts must fit.
  public init(pixels: [UInt8], labels: [UInt8], rowCount: Int, columnCount: Int) {
    precondition(rowCount > 0 && columnCount > 0, "an image has pixels")
    precondition(
      pixels.count == labels.count * rowCount * columnCount,
      "\(pixels.count) pixels for \(labels.count) labels of \(rowCount)×\(columnCount)")
    self.pixels = pixels
    self.labels = labels
    self.rowCount = rowCount
    self.columnCount = columnCount
  }

  /// How many images.
  public var count: Int { labels.count }
  /// How many pixels one image has.
  public var pixelCount: Int { rowCount * columnCount }

  /// One image.
  public func image(at index: Int) -> GrayImage {
    precondition(labels.indices.contains(index), "image \(index) of \(count)")
    return GrayImage(
      rowCount: rowCount, columnCount: columnCount,
      pixels: Array(pixels[index * pixelCount..<(index + 1) * pixelCount]))
  }

  /// The images of a range as a network sees them.
  /// - Shape: `[range.count, rowCount · columnCount]`.
  public func batch(_ range: Range<Int>, _ normalization: Normalization) -> Matrix<Float> {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count, "images \(range) of \(count)")
    let table = normalization.byteTable
    return Matrix(
      Shape(range.count, pixelCount),
      pixels[range.lowerBound * pixelCount..<range.upperBound * pixelCount].map {
        table[Int($0)]
      })
  }

  /// Chosen images as a network sees them, in the given order.
  /// - Shape: `[indices.count, rowCount · columnCount]`.
  public func batch(_ indices: [Int], _ normalization: Normalization) -> Matrix<Float> {
    let table = normalization.byteTable
    var values: [Float] = []
    values.reserveCapacity(indices.count * pixelCount)
    for index in indices {
      precondition(labels.indices.contains(index), "image \(index) of \(count)")
      for pixel in pixels[index * pixelCount..<(index + 1) * pixelCount] {
        values.append(table[Int(pixel)])
      }
    }
    return Matrix(Shape(indices.count, pixelCount), values)
  }

  /// The images of a range with their labels, as a set of their own.
  public func subset(_ range: Range<Int>) -> ImageSet {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count, "images \(range) of \(count)")
    return ImageSet(
      pixels: Array(pixels[range.lowerBound * pixelCount..<range.upperBound * pixelCount]),
      labels: Array(labels[range]), rowCount: rowCount, columnCount: columnCount)
  }
}

/// One gray image; 0 is black.
public struct GrayImage: Sendable, Equatable {
  /// Rows.
  public let rowCount: Int
  /// Columns.
  public let columnCount: Int
  /// The pixels, row after row.
  /// - Shape: `[rowCount, columnCount]`.
  public let pixels: [UInt8]

  /// Wraps pixels, whose count must be that of the sides.
  public init(rowCount: Int, columnCount: Int, pixels: [UInt8]) {
    precondition(pixels.count == rowCount * columnCount, "\(pixels.count) pixels")
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.pixels = pixels
  }

  /// The image as a network sees it.
  /// - Shape: `[1, rowCount · columnCount]`.
  public func batch(_ normalization: Normalization) -> Matrix<Float> {
    let table = normalization.byteTable
    return Matrix(Shape(1, pixels.count), pixels.map { table[Int($0)] })
  }
}
