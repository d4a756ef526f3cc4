/// The bytes of a pickle from the front, with bounds.
struct PickleReader {
  private let bytes: [UInt8]
  private let file: String
  private var offset = 0

  init(_ bytes: [UInt8], file: String) { (self.bytes, self.file) = (bytes, file) }

  mutating func byte() throws(InterchangeError) -> UInt8 {
    guard offset < bytes.count else { throw truncated }
    offset += 1
    return bytes[offset - 1]
  }

  mutating func bytes(_ count: Int) throws(InterchangeError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.count - offset else { throw truncated }
    offset += count
    return bytes[offset - count..<offset]
  }

  /// A little-endian number without a sign, which fits `Int`.
  mutating func integer(byteCount: Int) throws(InterchangeError) -> Int {
    let bits = try bytes(byteCount).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let value = Int(exactly: bits) else { throw truncated }
    return value
  }

  /// A little-endian number in two's complement.
  mutating func signedInteger(byteCount: Int) throws(InterchangeError) -> Int {
    guard byteCount <= 8 else {
      throw InterchangeError(
        .unsupported, file: file,
        "its pickle has an integer of \(byteCount) bytes; expected at most 8")
    }
    guard byteCount > 0 else { return 0 }
    let bits = try bytes(byteCount).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let shift = UInt64(64 - 8 * byteCount)
    return Int(Int64(bitPattern: bits << shift) >> Int64(shift))
  }

  /// A big-endian number of 64 bits.
  mutating func real() throws(InterchangeError) -> Double {
    Double(bitPattern: try bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  mutating func text(_ count: Int) throws(InterchangeError) -> String {
    guard let text = String(validating: try bytes(count), as: UTF8.self) else {
      throw InterchangeError(
        .invalid, file: file, "damaged: its pickle has a text that is not UTF-8")
    }
    return text
  }

  /// The text up to the end of a line.
  mutating func line() throws(InterchangeError) -> String {
    guard let end = bytes[offset...].firstIndex(of: 10) else { throw truncated }
    let text = String(decoding: bytes[offset..<end], as: UTF8.self)
    offset = end + 1
    return text
  }

  private var truncated: InterchangeError {
    InterchangeError(.invalid, file: file, "damaged: its pickle ends at byte \(offset)")
  }
}
