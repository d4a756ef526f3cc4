/// An array of unsigned bytes in the IDX format of the MNIST files, plain or gzip.
/// - Source: "The IDX file format" on the page of the MNIST database: two zero bytes, the element
///   type, the number of dimensions, each dimension as a big-endian 32-bit count, the elements.
struct IDXFile: Equatable {
  /// The dimensions.
  let dimensions: [Int]
  /// The elements, the last dimension running fastest.
  let elements: [UInt8]

  /// Parses a file that is to have `dimensionCount` dimensions of positive size.
  init(_ bytes: [UInt8], path: String, dimensionCount: Int) throws(DataError) {
    var reader = try ByteReader(bytes, path: path)
    let magic = try reader.read(4, "the header")
    guard magic[0] == 0, magic[1] == 0 else {
      throw .invalid(
        path: path, found: "first bytes \(magic[0]), \(magic[1])",
        expected: "0, 0 of an IDX file")
    }
    guard magic[2] == 8 else {
      throw .invalid(
        path: path, found: "element type \(magic[2])", expected: "type 8, unsigned bytes")
    }
    guard Int(magic[3]) == dimensionCount else {
      throw .invalid(
        path: path, found: "\(magic[3]) dimensions", expected: "\(dimensionCount)")
    }
    dimensions = Self.counts(try reader.read(4 * dimensionCount, "the header"))
    guard dimensions.allSatisfy({ $0 > 0 }) else {
      throw .invalid(
        path: path, found: "dimensions \(dimensions)", expected: "none of them 0")
    }
    elements = try reader.read(try Self.product(dimensions, path: path), "the elements")
    try reader.expectEnd()
  }

  private static func counts(_ bytes: [UInt8]) -> [Int] {
    stride(from: 0, to: bytes.count, by: 4).map { start in
      bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    }
  }

  private static func product(_ dimensions: [Int], path: String) throws(DataError) -> Int {
    var product = 1
    for dimension in dimensions {
      let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
      guard !overflow else {
        throw .invalid(
          path: path, found: "dimensions \(dimensions)", expected: "a size below 2^63 bytes")
      }
      product = next
    }
    return product
  }
}
