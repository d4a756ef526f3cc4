internal import CZip

/// One entry while it is unpacked from its start; used under the lock of its archive.
struct ZipEntryStream {
  private let file: OpaquePointer
  private let entry: ZipEntry
  private let path: String

  init(_ entry: ZipEntry, of archive: OpaquePointer, path: String) throws(InterchangeError) {
    guard let file = zip_fopen_index(archive, zip_uint64_t(entry.index), 0) else {
      throw ZipFailure.reading("`\(entry.name)`", of: archive, path: path)
    }
    self.file = file
    self.entry = entry
    self.path = path
  }

  /// Ends the reading; what it could report was reported by the last read.
  func close() { zip_fclose(file) }

  /// The next bytes, exactly as many as asked.
  func read(_ count: Int) throws(InterchangeError) -> [UInt8] {
    var readCount: Int64 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        // The buffer has `count` bytes, of which `filled` are initialized.
        readCount = zip_fread(
          file, buffer.baseAddress?.advanced(by: filled), zip_uint64_t(count - filled))
        guard readCount > 0 else { break }
        filled += Int(readCount)
      }
    }
    guard readCount >= 0 else { throw damaged(ZipFailure.text(of: file)) }
    guard bytes.count == count else {
      throw damaged("it ends after \(bytes.count) of \(count) bytes")
    }
    return bytes
  }

  /// Passes over bytes; only stored ones need not be read.
  func skip(_ count: Int) throws(InterchangeError) {
    if entry.isStored, count > 0 {
      guard zip_fseek(file, zip_int64_t(count), SEEK_SET) == 0 else {
        throw damaged(ZipFailure.text(of: file))
      }
      return
    }
    var rest = count
    while rest > 0 {
      rest -= try read(min(rest, Self.skipByteCount)).count
    }
  }

  private static let skipByteCount = 1 << 20

  /// Checks that nothing follows; libzip compares the checksum when it meets the end.
  func expectEnd() throws(InterchangeError) {
    var byte: UInt8 = 0
    let count = zip_fread(file, &byte, 1)
    guard count >= 0 else { throw damaged(ZipFailure.text(of: file)) }
    guard count == 0 else {
      throw damaged("it is longer than the \(entry.byteCount) bytes it declares")
    }
  }

  private func damaged(_ reason: String) -> InterchangeError {
    InterchangeError(.invalid, file: path, "`\(entry.name)` is damaged: \(reason)")
  }
}
