/// The header of a `.npy` file as it stands there: the elements may be of any type.
/// - Source: numpy's documentation of `numpy.lib.format`: magic, version, the length of the header
///   as 2 (version 1) or 4 bytes, and a Python dictionary with exactly three keys.
package struct NPYPreamble: Equatable {
  /// The type of the elements in numpy's words, such as `<f4`.
  package let descriptor: String
  /// Whether the first side runs fastest.
  package let isFortranOrder: Bool
  /// The sides; nothing is known of their product.
  package let shape: [Int]
  /// Where the elements start.
  package let dataOffset: Int

  /// Parses the beginning of a file.
  /// - Throws: `DataError.invalid` when it is none of versions 1 to 3, or cut off.
  package init(_ bytes: [UInt8], path: String) throws(DataError) {
    guard Self.isSignature(bytes), bytes.count >= 10 else {
      throw .invalid(path: path, found: "no numpy signature", expected: "a .npy file")
    }
    guard (1...3).contains(bytes[6]) else {
      throw .invalid(path: path, found: "version \(bytes[6])", expected: "1, 2 or 3")
    }
    let lengthByteCount = bytes[6] == 1 ? 2 : 4
    let start = 8 + lengthByteCount
    guard bytes.count >= start else {
      throw .invalid(path: path, found: "\(bytes.count) bytes", expected: "a header")
    }
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= bytes.count - start else {
      throw .invalid(
        path: path, found: "\(bytes.count - start) bytes of header", expected: "\(length)")
    }
    dataOffset = start + length
    var parser = NPYDictionary(bytes[start..<dataOffset], path: path)
    let fields = try parser.parse()
    descriptor = fields.descriptor
    isFortranOrder = fields.isFortranOrder
    shape = fields.shape
  }

  /// Whether a file begins as numpy's files do.
  package static func isSignature(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x93] + Array("NUMPY".utf8))
  }
}

/// The header of a `.npy` file of numbers, checked.
struct NPYHeader: Equatable {
  let element: NPYElement
  let isFortranOrder: Bool
  let shape: [Int]
  /// Where the elements start.
  let dataOffset: Int
  /// How many elements the shape has.
  let elementCount: Int

  /// How many bytes the elements take.
  var byteCount: Int { elementCount * element.byteCount }

  init(_ bytes: [UInt8], path: String) throws(DataError) {
    let fields = try NPYPreamble(bytes, path: path)
    guard let element = NPYElement(fields.descriptor) else {
      throw .invalid(
        path: path, found: "elements of type `\(fields.descriptor)`",
        expected: "integers of 1 to 8 bytes or floats of 2, 4 or 8")
    }
    var count = element.byteCount
    // A side of 0 counts as 1 at first, so that the others are bounded too.
    for side in fields.shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: max(side, 1))
      guard !overflow else {
        throw .invalid(path: path, found: "shape \(fields.shape)", expected: "a smaller array")
      }
      count = product
    }
    self.element = element
    isFortranOrder = fields.isFortranOrder
    shape = fields.shape
    dataOffset = fields.dataOffset
    elementCount = fields.shape.contains(0) ? 0 : count / element.byteCount
  }
}
