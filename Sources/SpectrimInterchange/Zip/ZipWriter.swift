internal import CZip

/// Writes a ZIP archive whose entries are stored, the same bytes for the same entries every time.
package enum ZipWriter {
  /// A file to be put into an archive; its bytes are asked for when their turn comes, so that only
  /// one entry is in memory.
  package struct Entry {
    let name: String
    let bytes: () throws -> [UInt8]

    /// Names the bytes.
    package init(_ name: String, _ bytes: @escaping () throws -> [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// Writes an archive, in the place of whatever stood at the path.
  /// - Throws: `InterchangeError.cannotWrite`, or what an entry threw.
  package static func write(_ entries: [Entry], to path: String) throws {
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code) else {
      let reason = ZipFailure.opening(path, code: code)
      throw InterchangeError(.cannotWrite, file: path, reason.message)
    }
    let contents = entries.map { ZipEntryContent($0.bytes) }
    do {
      for (entry, content) in zip(entries, contents) {
        try add(entry.name, content, to: archive, path: path)
      }
      guard zip_close(archive) == 0 else {
        throw contents.lazy.compactMap(\.failure).first ?? ZipFailure.writing(archive, path: path)
      }
    } catch {
      zip_discard(archive)
      throw error
    }
  }

  private static func add(
    _ name: String, _ content: ZipEntryContent, to archive: OpaquePointer, path: String
  ) throws {
    // libzip's reference, which it gives back with the command `free`.
    let context = Unmanaged.passRetained(content)
    guard let source = zip_source_function(archive, ZipEntryContent.callback, context.toOpaque())
    else {
      context.release()
      throw ZipFailure.writing(archive, path: path)
    }
    let index = zip_file_add(archive, name, source, zip_flags_t(ZIP_FL_ENC_UTF_8))
    guard index >= 0 else {
      zip_source_free(source)
      throw ZipFailure.writing(archive, path: path)
    }
    let place = zip_uint64_t(index)
    guard zip_set_file_compression(archive, place, ZIP_CM_STORE, 0) == 0,
      zip_file_set_dostime(archive, place, 0, firstDay, 0) == 0
    else { throw ZipFailure.writing(archive, path: path) }
  }

  /// 1 January 1980, the first day that a ZIP archive can name and what numpy writes.
  private static let firstDay: zip_uint16_t = 1 << 5 | 1
}
