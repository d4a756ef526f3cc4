/// A file inside a ZIP archive.
package struct ZipEntry: Sendable, Equatable {
  /// Its place in the directory of the archive.
  package let index: Int
  /// The path within the archive.
  package let name: String
  /// Bytes once unpacked, as the directory declares them.
  package let byteCount: Int
  /// Bytes in the archive.
  package let storedByteCount: Int
  /// Whether the bytes stand in the archive as they are.
  package let isStored: Bool
}

/// Bounds of an archive, checked before anything is unpacked.
package enum ZipLimit {
  /// Entries of one archive; a checkpoint has one per tensor.
  package static let entryCount = 1 << 18
  /// No deflate stream unpacks to more than 1032 times its size.
  /// - Source: zlib's technical notes, "Maximum Compression Factor".
  package static let deflateRatio = 1032
}
