#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file of which parts are read at their place, from any thread.
final class PositionedFile: Sendable {
  /// The path, for messages.
  let path: String
  /// Bytes of the file.
  let byteCount: Int
  private let descriptor: Int32

  /// Opens a file.
  /// - Throws: `InterchangeError.cannotRead` when it is missing, a folder or not readable.
  init(_ path: String) throws(InterchangeError) {
    // A pipe would block until somebody writes to it.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw InterchangeError(.cannotRead, file: path, Self.reason(errno))
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw InterchangeError(.cannotRead, file: path, "not a file; expected one with tensors")
    }
    self.path = path
    self.descriptor = descriptor
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Bytes that the caller knows to lie within the file.
  /// - Throws: `InterchangeError.cannotRead` when the file has become shorter or the system fails.
  func read(_ range: Range<Int>) throws(InterchangeError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
      while filled < range.count {
        // The buffer has `range.count` bytes, of which `filled` are initialized.
        let count = pread(
          descriptor, buffer.baseAddress?.advanced(by: filled), range.count - filled,
          off_t(range.lowerBound + filled))
        if count < 0, errno == EINTR { continue }
        if count < 0 { failure = errno }
        guard count > 0 else { break }
        filled += count
      }
    }
    guard bytes.count == range.count else {
      throw InterchangeError(
        .cannotRead, file: path, failure == 0 ? "the file became shorter" : Self.reason(failure))
    }
    return bytes
  }

  private static func reason(_ code: Int32) -> String {
    switch code {
    case ENOENT: "no such file"
    case EACCES: "no permission to read it"
    default: String(cString: strerror(code)).lowercased()
    }
  }
}
