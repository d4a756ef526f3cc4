/// How a new dataset is stored.
public enum HDF5Layout: Sendable, Hashable {
  /// In the object header, whose checksum covers it: below 64 KiB.
  case compact
  /// In one piece, without filters and without a checksum.
  case contiguous
  /// In chunks of one shape, each going through the filters in order.
  case chunked(shape: [Int], filters: [HDF5Filter])
}

/// One step of a chunk on its way into the file.
///
/// All are mandatory: a step that fails is an error, not a chunk stored without it.
public enum HDF5Filter: Sendable, Hashable {
  /// First bytes of all elements, then second bytes, and so on.
  case shuffle
  /// Registered filter 32015, with zstd's own checksum.
  case zstd(level: Int)
  /// zlib, which every reader of HDF5 has.
  case gzip(level: Int)
  /// A checksum of 4 bytes behind the chunk, which every reader of HDF5 verifies.
  case fletcher32
}

/// How an existing dataset is stored.
public enum HDF5StorageKind: String, Sendable {
  case compact
  case contiguous
  case chunked
}
