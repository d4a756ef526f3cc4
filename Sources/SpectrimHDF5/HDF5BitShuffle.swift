internal import CSpectrimFilter

/// The bytes that filter 32008 stores, made outside of a file: their number decides whether a
/// dataset gets the filter.
public enum HDF5BitShuffle {
  /// The elements of a block when all of `count` go into one, but for fewer than 8; `nil` below 8.
  public static func blockElementCount(for count: Int) -> Int? {
    count < 8 ? nil : count / 8 * 8
  }

  /// One chunk of elements of one byte, in one block.
  /// - Throws: `HDF5Error` with `writeFailed` when there is no memory left.
  public static func chunk(of bytes: [UInt8], level: Int) throws -> [UInt8] {
    guard let blockByteCount = blockElementCount(for: bytes.count) else {
      preconditionFailure("\(bytes.count) bytes are no block")
    }
    let bound = spectrim_bitshuffle_bound(bytes.count, blockByteCount)
    // The closure writes at most `bound` bytes, the capacity, and reports how many.
    let chunk = [UInt8](unsafeUninitializedCapacity: bound) { buffer, initializedCount in
      initializedCount = spectrim_bitshuffle_encode(
        bytes, bytes.count, blockByteCount, Int32(clamping: level), buffer.baseAddress, bound)
    }
    guard !chunk.isEmpty else {
      throw HDF5Error(
        .writeFailed, at: HDF5Place(file: nil, object: nil), "zstd ran out of memory")
    }
    return chunk
  }
}
