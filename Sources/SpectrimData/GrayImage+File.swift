extension GrayImage {
  /// Reads a PNG or PGM file, told apart by its first bytes.
  /// - Throws: `DataError` when it cannot be read or is neither.
  public init(contentsOf path: String) throws(DataError) {
    let bytes = try fileBytes(path)
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
      self = try PNGDecoder.decode(bytes, path: path)
    } else if bytes.first == UInt8(ascii: "P") {
      var decoder = PGMDecoder(bytes, path: path)
      self = try decoder.decode()
    } else {
      throw .invalid(
        path: path, found: "neither a PNG nor a PGM signature", expected: "a PNG or PGM image")
    }
  }

  /// The largest image that is unpacked: a small file can claim any size.
  static let largestPixelCount = 1 << 26

  /// Checks the sides before memory is taken for them.
  static func check(rowCount: Int, columnCount: Int, path: String) throws(DataError) {
    let (count, overflow) = rowCount.multipliedReportingOverflow(by: columnCount)
    guard rowCount > 0, columnCount > 0, !overflow, count <= largestPixelCount else {
      throw .invalid(
        path: path, found: "an image of \(rowCount)×\(columnCount)",
        expected: "1 to \(largestPixelCount) pixels")
    }
  }
}
