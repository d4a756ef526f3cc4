internal import CZip

/// The directory of an archive, checked against the size of the file.
struct ZipDirectory {
  let entries: [ZipEntry]

  init(_ handle: OpaquePointer, path: String) throws(InterchangeError) {
    let count = Int(zip_get_num_entries(handle, 0))
    guard count <= ZipLimit.entryCount else {
      throw InterchangeError(
        .invalid, file: path, "\(count) entries; expected at most \(ZipLimit.entryCount)",
        found: "\(count)", expected: "\(ZipLimit.entryCount)")
    }
    var entries: [ZipEntry] = []
    for index in 0..<max(count, 0) {
      let entry = try Self.entry(index, of: handle, path: path)
      if !entry.name.hasSuffix("/") { entries.append(entry) }
    }
    try Self.check(entries, fileByteCount: PositionedFile(path).byteCount, path: path)
    self.entries = entries
  }

  private static func entry(
    _ index: Int, of handle: OpaquePointer, path: String
  ) throws(InterchangeError) -> ZipEntry {
    var stat = zip_stat_t()
    guard zip_stat_index(handle, zip_uint64_t(index), 0, &stat) == 0, let name = stat.name else {
      throw ZipFailure.reading("entry \(index)", of: handle, path: path)
    }
    let text = String(cString: name)
    guard stat.encryption_method == ZIP_EM_NONE else {
      throw InterchangeError(
        .unsupported, file: path, "`\(text)` is encrypted; decrypt the archive first")
    }
    let isStored = Int32(stat.comp_method) == ZIP_CM_STORE
    guard isStored || Int32(stat.comp_method) == ZIP_CM_DEFLATE else {
      throw InterchangeError(
        .unsupported, file: path,
        "`\(text)` is packed with method \(stat.comp_method); expected stored or deflate",
        found: "\(stat.comp_method)", expected: "0 or 8")
    }
    guard let byteCount = Int(exactly: stat.size), let stored = Int(exactly: stat.comp_size) else {
      throw InterchangeError(
        .invalid, file: path, "`\(text)` declares more bytes than can be counted")
    }
    return ZipEntry(
      index: index, name: text, byteCount: byteCount, storedByteCount: stored, isStored: isStored)
  }

  /// Entries that share their bytes would make a small file unpack without end, so their sum is
  /// bounded like each of them.
  private static func check(
    _ entries: [ZipEntry], fileByteCount: Int, path: String
  ) throws(InterchangeError) {
    var (names, rest): (Set<String>, Int) = ([], fileByteCount)
    for entry in entries {
      guard names.insert(entry.name).inserted else {
        throw InterchangeError(.invalid, file: path, "two entries named `\(entry.name)`")
      }
      guard entry.storedByteCount <= rest else {
        throw InterchangeError(
          .invalid, file: path,
          "`\(entry.name)` declares \(entry.storedByteCount) bytes beyond the file's \(fileByteCount)",
          found: "\(entry.storedByteCount)", expected: "at most \(rest)")
      }
      rest -= entry.storedByteCount
      let ratio = entry.isStored ? 1 : ZipLimit.deflateRatio
      guard entry.byteCount / ratio <= entry.storedByteCount else {
        throw InterchangeError(
          .invalid, file: path,
          "`\(entry.name)` declares \(entry.byteCount) bytes packed into \(entry.storedByteCount); "
            + "expected at most \(ratio) times as many",
          found: "\(entry.byteCount)")
      }
    }
  }
}
