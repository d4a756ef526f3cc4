internal import CZlib

/// Unpacks one gzip member piece by piece.
///
/// The unsafe parts: zlib keeps a pointer to `state`, hence a heap allocation that does not move,
/// and reads from `input`, a buffer that this object owns as long.
final class GzipStream {
  /// No deflate stream unpacks to more than 1032 times its size.
  /// - Source: zlib's technical notes, "Maximum Compression Factor".
  static let largestRatio = 1032

  /// The size of the file.
  let compressedCount: Int
  private let path: String
  private let state: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableBufferPointer<UInt8>
  private var isAtEnd = false

  /// Starts with the whole file.
  init(_ bytes: [UInt8], path: String) throws(DataError) {
    self.path = path
    compressedCount = bytes.count
    input = .allocate(capacity: bytes.count)
    _ = input.initialize(from: bytes)
    state = .allocate(capacity: 1)
    state.initialize(to: z_stream())
    guard let length = UInt32(exactly: bytes.count) else {
      throw .invalid(path: path, found: "\(bytes.count) bytes", expected: "less than 4 GB of gzip")
    }
    state.pointee.next_in = input.baseAddress
    state.pointee.avail_in = length
    // 15 bits of window, plus 16 for a gzip header instead of a zlib one.
    let code = inflateInit2_(
      state, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      throw .unreadable(path: path, reason: "zlib cannot start (code \(code))")
    }
  }

  deinit {
    inflateEnd(state)
    state.deallocate()
    input.deallocate()
  }

  /// The next bytes; fewer than asked only at the end.
  func read(_ count: Int) throws(DataError) -> [UInt8] {
    guard let room = UInt32(exactly: count) else {
      throw .invalid(path: path, found: "\(count) bytes", expected: "less than 4 GB unpacked")
    }
    var code = isAtEnd ? Z_STREAM_END : Z_OK
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      state.pointee.next_out = buffer.baseAddress
      state.pointee.avail_out = room
      while code == Z_OK, state.pointee.avail_out > 0 { code = inflate(state, Z_NO_FLUSH) }
      filled = count - Int(state.pointee.avail_out)
    }
    // A file that ends early leaves `Z_BUF_ERROR`: the caller sees too few bytes.
    guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
      let message = state.pointee.msg.map { String(cString: $0) } ?? "code \(code)"
      throw .invalid(
        path: path, found: "a damaged gzip stream (\(message))", expected: "an intact one")
    }
    isAtEnd = code == Z_STREAM_END
    return bytes
  }

  /// Checks that the stream ended with its checksum and that the file ends with it.
  func finish() throws(DataError) {
    guard isAtEnd else {
      throw .invalid(path: path, found: "a gzip stream without its end", expected: "an intact one")
    }
    guard state.pointee.avail_in == 0 else {
      throw .invalid(
        path: path, found: "\(state.pointee.avail_in) trailing bytes after the gzip stream",
        expected: "the end")
    }
  }
}
