/// Reads one gray image in the portable graymap format, binary (`P5`) or text (`P2`).
/// - Source: the manual page `pgm(5)` of Netpbm.
struct PGMDecoder {
  private let bytes: [UInt8]
  private let path: String
  private var offset = 0

  init(_ bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  /// Reads the whole file; values are scaled so that the largest possible one becomes 255.
  mutating func decode() throws(DataError) -> GrayImage {
    let magic = bytes.prefix(2)
    guard magic.elementsEqual("P5".utf8) || magic.elementsEqual("P2".utf8) else {
      throw invalid(
        "`\(String(decoding: magic, as: UTF8.self))`", "`P5` or `P2`, a portable graymap")
    }
    offset = 2
    let columnCount = try number("the width")
    let rowCount = try number("the height")
    let largest = try number("the largest value")
    guard (1...255).contains(largest) else {
      throw invalid("largest value \(largest)", "1 to 255")
    }
    try GrayImage.check(rowCount: rowCount, columnCount: columnCount, path: path)
    let count = rowCount * columnCount
    let values = magic.elementsEqual("P5".utf8) ? try binary(count) : try text(count)
    if let wrong = values.first(where: { $0 > largest }) {
      throw invalid("value \(wrong)", "at most \(largest)")
    }
    return GrayImage(
      rowCount: rowCount, columnCount: columnCount,
      pixels: values.map { UInt8((Int($0) * 255 + largest / 2) / largest) })
  }

  /// Exactly the pixels after one white-space byte.
  private mutating func binary(_ count: Int) throws(DataError) -> [UInt8] {
    let rest = bytes.dropFirst(offset + 1)
    guard rest.count == count else {
      throw invalid("\(rest.count) bytes of pixels", "\(count)")
    }
    return Array(rest)
  }

  private mutating func text(_ count: Int) throws(DataError) -> [UInt8] {
    // Every value takes at least two characters, so that a lie about the size ends here.
    guard count <= bytes.count - offset else {
      throw invalid("\(bytes.count - offset) characters of pixels", "\(count) numbers")
    }
    var values: [UInt8] = []
    values.reserveCapacity(count)
    for _ in 0..<count {
      let value = try number("a pixel")
      guard let byte = UInt8(exactly: value) else { throw invalid("value \(value)", "at most 255") }
      values.append(byte)
    }
    skipSpace()
    guard offset == bytes.count else {
      throw invalid("\(bytes.count - offset) trailing bytes", "the end")
    }
    return values
  }

  /// The next decimal number; comments run from `#` to the end of a line.
  private mutating func number(_ part: String) throws(DataError) -> Int {
    skipSpace()
    let start = offset
    var value = 0
    while offset < bytes.count, let digit = digit(bytes[offset]) {
      // Nine digits exceed every limit, and ten would need care about overflow.
      guard offset - start < 9 else { throw invalid("\(part) of ten digits", "a smaller number") }
      value = 10 * value + digit
      offset += 1
    }
    guard offset > start else { throw invalid("no number for \(part)", "a decimal number") }
    return value
  }

  private mutating func skipSpace() {
    while offset < bytes.count {
      if bytes[offset] == UInt8(ascii: "#") {
        while offset < bytes.count, bytes[offset] != 10, bytes[offset] != 13 { offset += 1 }
      } else if bytes[offset] == 32 || (9...13).contains(bytes[offset]) {
        offset += 1
      } else {
        return
      }
    }
  }

  private func digit(_ byte: UInt8) -> Int? {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte) - 48 : nil
  }

  private func invalid(_ found: String, _ expected: String) -> DataError {
    .invalid(path: path, found: found, expected: expected)
  }
}
