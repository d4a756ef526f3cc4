internal import CZip

/// The bytes of one entry while libzip copies them into an archive.
///
/// libzip calls back on the thread that closes the archive, so the state needs no lock.
final class ZipEntryContent {
  private let produce: () throws -> [UInt8]
  private var bytes: [UInt8] = []
  private var offset = 0
  /// What `produce` threw, which a C function cannot.
  private(set) var failure: (any Error)?

  init(_ produce: @escaping () throws -> [UInt8]) { self.produce = produce }

  /// The context is the object itself, of which libzip holds a reference until `free`.
  static let callback: zip_source_callback = { context, data, length, command in
    guard let context else { return -1 }
    let reference = Unmanaged<ZipEntryContent>.fromOpaque(context)
    if command == ZIP_SOURCE_FREE {
      reference.release()
      return 0
    }
    return reference.takeUnretainedValue().answer(command, data, length)
  }

  private func answer(
    _ command: zip_source_cmd_t, _ data: UnsafeMutableRawPointer?, _ length: zip_uint64_t
  ) -> zip_int64_t {
    switch command {
    case ZIP_SOURCE_OPEN: return open()
    case ZIP_SOURCE_READ: return read(into: data, length)
    case ZIP_SOURCE_CLOSE:
      bytes = []
      return 0
    case ZIP_SOURCE_STAT:
      // Nothing is known before the bytes are made; libzip fills in size and checksum.
      guard let stat = data?.assumingMemoryBound(to: zip_stat_t.self) else { return -1 }
      zip_stat_init(stat)
      return zip_int64_t(MemoryLayout<zip_stat_t>.size)
    case ZIP_SOURCE_ERROR:
      var error = zip_error_t()
      zip_error_set(&error, ZIP_ER_INTERNAL, 0)
      return data.map { zip_error_to_data(&error, $0, length) } ?? -1
    case ZIP_SOURCE_SUPPORTS: return Self.commands
    default: return -1
    }
  }

  private func open() -> zip_int64_t {
    do {
      bytes = try produce()
      offset = 0
      return 0
    } catch {
      failure = error
      return -1
    }
  }

  private func read(into data: UnsafeMutableRawPointer?, _ length: zip_uint64_t) -> zip_int64_t {
    let count = min(bytes.count - offset, Int(clamping: length))
    guard let data, count > 0 else { return 0 }
    // `data` has room for `length` bytes, of which `count` are at most as many.
    bytes.withUnsafeBytes { source in
      data.copyMemory(
        from: source.baseAddress.map { $0 + offset } ?? UnsafeRawPointer(data), byteCount: count)
    }
    offset += count
    return zip_int64_t(count)
  }

  /// What this source can do, one bit per command.
  private static let commands: zip_int64_t = [
    ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR,
    ZIP_SOURCE_FREE,
  ].reduce(0) { $0 | 1 << zip_int64_t($1.rawValue) }
}
