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
  /// Registered filter 32008 over elements of one byte: the lowest bits of all elements, then the
  /// second ones, and so on, in blocks that zstd then compresses.
  ///
  /// A block has a multiple of 8 elements; what is left of fewer than 8 is stored as it is.
  case bitShuffle(blockElementCount: Int, level: Int)
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

/// One step of the chunks of an existing dataset.
public struct HDF5StoredFilter: Sendable, Equatable {
  /// The registered number.
  public let id: Int
  /// The parameters of a registered filter, to which each gives its own meaning; none for HDF5's
  /// own filters, whose parameters it fills in itself.
  public let parameters: [UInt32]

  /// Leaves out the parameters of HDF5's own filters.
  init(id: Int, parameters: [UInt32]) {
    self.id = id
    self.parameters = id < Self.firstRegistered ? [] : parameters
  }

  /// - Source: HDF5 reference, `H5Z_FILTER_RESERVED`.
  private static let firstRegistered = 256
}
