/// Hands out the bytes of a file in order, unpacked if they are gzip, and never more than asked.
///
/// A caller states sizes that the file itself declared; what the bytes at hand can never fill is
/// refused before memory is taken for it.
struct ByteReader {
  private enum Source {
    case plain([UInt8], offset: Int)
    case gzip(GzipStream)
  }

  private var source: Source
  private let path: String

  /// Starts at the first byte; gzip is told by its first two bytes, not by the name.
  init(_ bytes: [UInt8], path: String) throws(DataError) {
    self.path = path
    if bytes.starts(with: [0x1F, 0x8B]) {
      source = .gzip(try GzipStream(bytes, path: path))
    } else {
      source = .plain(bytes, offset: 0)
    }
  }

  /// The next bytes.
  /// - Throws: `DataError.invalid` when there are fewer, or the gzip stream is damaged.
  mutating func read(_ count: Int, _ part: String) throws(DataError) -> [UInt8] {
    switch source {
    case .plain(let bytes, let offset):
      guard count <= bytes.count - offset else {
        throw truncated(part, found: bytes.count - offset, expected: count)
      }
      source = .plain(bytes, offset: offset + count)
      return Array(bytes[offset..<offset + count])
    case .gzip(let stream):
      // Deflate shrinks at most to 1/1032, so a larger claim is a lie.
      guard count / GzipStream.largestRatio <= stream.compressedCount else {
        throw .invalid(
          path: path,
          found: "\(part) of \(count) bytes in a gzip file of \(stream.compressedCount)",
          expected: "at most \(GzipStream.largestRatio) times the file")
      }
      let bytes = try stream.read(count)
      guard bytes.count == count else {
        throw truncated(part, found: bytes.count, expected: count)
      }
      return bytes
    }
  }

  /// Checks that nothing follows.
  /// - Throws: `DataError.invalid` when something does, or the gzip stream ends with a wrong sum.
  mutating func expectEnd() throws(DataError) {
    switch source {
    case .plain(let bytes, let offset):
      guard offset == bytes.count else {
        throw .invalid(
          path: path, found: "\(bytes.count - offset) trailing bytes", expected: "the end")
      }
    case .gzip(let stream):
      guard try stream.read(1).isEmpty else {
        throw .invalid(path: path, found: "trailing bytes", expected: "the end")
      }
      try stream.finish()
    }
  }

  private func truncated(_ part: String, found: Int, expected: Int) -> DataError {
    .invalid(
      path: path, found: "\(found) bytes of \(part)",
      expected: "\(expected) (the file is truncated)")
  }
}
