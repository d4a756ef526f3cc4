internal import CZip
internal import Foundation

/// A ZIP archive open for reading.
///
/// The directory is checked as a whole when the archive is opened: what entries declare fits the
/// file, so that no later step can be made to unpack more than the file can hold.
///
/// `@unchecked Sendable` because libzip's handle, the only state, is used in `locked` alone.
package final class ZipArchive: @unchecked Sendable {
  /// The path of the archive.
  package let path: String
  /// The files in the order of the directory; folders have no entry.
  package let entries: [ZipEntry]
  private let indices: [String: Int]
  private let handle: OpaquePointer
  private let lock = NSLock()

  /// Opens an archive and checks its directory.
  /// - Throws: `InterchangeError` when it cannot be read, is no ZIP archive, or declares what
  ///   cannot be: two entries of one name, more bytes than it has, an impossible ratio.
  package init(path: String) throws(InterchangeError) {
    var code: Int32 = 0
    guard let handle = zip_open(path, ZIP_RDONLY, &code) else {
      throw ZipFailure.opening(path, code: code)
    }
    let entries: [ZipEntry]
    do {
      entries = try ZipDirectory(handle, path: path).entries
    } catch {
      zip_discard(handle)
      throw error
    }
    self.path = path
    self.handle = handle
    self.entries = entries
    indices = Dictionary(uniqueKeysWithValues: entries.indices.map { (entries[$0].name, $0) })
  }

  deinit { zip_discard(handle) }

  /// The entry of a name.
  package func entry(named name: String) -> ZipEntry? { indices[name].map { entries[$0] } }

  /// A whole entry, whose checksum is checked.
  /// - Throws: `InterchangeError` when it is larger than `limit`, damaged, or not as long as the
  ///   directory declares.
  package func read(_ entry: ZipEntry, atMost limit: Int) throws(InterchangeError) -> [UInt8] {
    guard entry.byteCount <= limit else {
      throw InterchangeError(
        .invalid, file: path,
        "`\(entry.name)` has \(entry.byteCount) bytes; expected at most \(limit)",
        found: "\(entry.byteCount)", expected: "\(limit)")
    }
    return try locked(entry) { (stream) throws(InterchangeError) in
      let bytes = try stream.read(entry.byteCount)
      try stream.expectEnd()
      return bytes
    }
  }

  /// Some bytes of an entry, without its checksum; at once where it is stored, otherwise by
  /// unpacking what stands before them.
  package func read(
    _ entry: ZipEntry, range: Range<Int>
  ) throws(InterchangeError) -> [UInt8] {
    guard range.lowerBound >= 0, range.upperBound <= entry.byteCount else {
      throw InterchangeError(
        .invalid, file: path,
        "`\(entry.name)` has \(entry.byteCount) bytes; expected \(range.upperBound)",
        found: "\(entry.byteCount)", expected: "\(range.upperBound)")
    }
    return try locked(entry) { (stream) throws(InterchangeError) in
      try stream.skip(range.lowerBound)
      return try stream.read(range.count)
    }
  }

  /// The one place where entries are read: one thread at a time.
  private func locked<Value>(
    _ entry: ZipEntry, _ body: (ZipEntryStream) throws(InterchangeError) -> Value
  ) throws(InterchangeError) -> Value {
    lock.lock()
    defer { lock.unlock() }
    let stream = try ZipEntryStream(entry, of: handle, path: path)
    defer { stream.close() }
    return try body(stream)
  }
}
