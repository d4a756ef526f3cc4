public import SpectrimCore

/// An array of numbers from a file of numpy, as floats.
public struct NPYArray: Sendable, Equatable {
  /// The sides; empty for a single number.
  public let shape: [Int]
  /// The elements, the last side running fastest, whatever the order in the file.
  public let elements: [Float]
  /// Whether the file held integers, that is pixels that still want a normalization.
  public let isInteger: Bool

  /// Reads a file.
  /// - Throws: `DataError` when it cannot be read, is no `.npy` file of versions 1 to 3, or holds
  ///   anything but real numbers.
  public init(contentsOf path: String) throws(DataError) {
    try self.init(try fileBytes(path), path: path)
  }

  init(_ bytes: [UInt8], path: String) throws(DataError) {
    let header = try NPYHeader(bytes, path: path)
    let stored = bytes.dropFirst(header.dataOffset)
    guard stored.count == header.byteCount else {
      throw .invalid(
        path: path, found: "\(stored.count) bytes of elements",
        expected: "\(header.byteCount) for shape \(header.shape) of `\(header.element)`")
    }
    shape = header.shape
    isInteger = header.element.isInteger
    let values = header.element.floats(Array(stored), count: header.elementCount)
    elements = header.isFortranOrder ? Self.reordered(values, header.shape) : values
  }

  /// The array as a batch: the first side counts examples, the others are flattened.
  /// - Shape: `[count, width]`; an array of exactly `width` numbers with another first side is one
  ///   example.
  /// - Returns: `nil` when the sides do not fit the width.
  public func batch(width: Int) -> Matrix<Float>? {
    guard width > 0, elements.count % width == 0 else { return nil }
    // Divided, because the first side of an array without elements may be any number.
    if let first = shape.first, first == elements.count / width {
      return Matrix(Shape(first, width), elements)
    }
    return elements.count == width ? Matrix(Shape(1, width), elements) : nil
  }

  /// From the first side running fastest to the last side running fastest.
  private static func reordered(_ values: [Float], _ shape: [Int]) -> [Float] {
    guard shape.count > 1, !values.isEmpty else { return values }
    var strides = [1]
    for side in shape.dropLast() { strides.append(strides[strides.count - 1] * side) }
    var position = [Int](repeating: 0, count: shape.count)
    var source = 0
    var result: [Float] = []
    result.reserveCapacity(values.count)
    while result.count < values.count {
      result.append(values[source])
      var axis = shape.count - 1
      position[axis] += 1
      source += strides[axis]
      while axis > 0, position[axis] == shape[axis] {
        source += strides[axis - 1] - strides[axis] * shape[axis]
        position[axis] = 0
        axis -= 1
        position[axis] += 1
      }
    }
    return result
  }
}
