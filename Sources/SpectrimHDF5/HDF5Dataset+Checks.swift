internal import CHDF5
internal import CSpectrimFilter

extension HDF5Dataset {
  /// Refuses what would take too much memory or needs a filter that nobody has, and tells our
  /// filters how large a chunk becomes.
  func checkReadable(byteLimit: Int) throws {
    guard info.byteCount <= byteLimit else {
      throw HDF5Error(
        .tooLarge, at: handle.place,
        "shape \(info.shape) of \(info.elementType) declares \(info.byteCount) bytes, "
          + "the limit is \(byteLimit)")
    }
    guard let chunkByteCount = info.chunkByteCount else { return }
    // A chunk may be larger than a small dataset that can grow.
    guard chunkByteCount <= max(byteLimit, Self.smallChunkLimit) else {
      throw HDF5Error(
        .tooLarge, at: handle.place,
        "a chunk declares \(chunkByteCount) bytes, the limit is \(byteLimit)")
    }
    for filter in info.filters where H5Zfilter_avail(H5Z_filter_t(filter.id)) <= 0 {
      throw HDF5Error(
        .unsupported, at: handle.place,
        "the data is stored with filter \(filter.id), which is unknown; store it with gzip or zstd")
    }
    try checkBitShuffle()
    try checkUncodedChunks()
    if info.isDecodedToSize {
      spectrim_filter_set_limits(chunkByteCount, chunkByteCount)
    } else {
      // Room for what a filter inside ours may add: a checksum, or gzip on incompressible data.
      spectrim_filter_set_limits(1, chunkByteCount + chunkByteCount / 8 + 4096)
    }
  }

  /// A chunk of this many bytes may be decoded for a dataset that is smaller.
  ///
  /// - Source: twice the largest chunk that h5py chooses by itself, with a wide margin.
  private static let smallChunkLimit = 16 << 20

  /// Refuses the forms of bit-shuffled data that the filter here cannot undo.
  private func checkBitShuffle() throws {
    for filter in info.filters where filter.id == Int(SPECTRIM_BITSHUFFLE_FILTER) {
      guard
        let form = filter.unsupportedBitShuffle ?? (info.isDecodedToSize ? nil : "behind others")
      else { continue }
      throw HDF5Error(
        .unsupported, at: handle.place,
        "the data is bit-shuffled \(form), expected elements of 1 byte with zstd, before "
          + "all other coders; store it with gzip or zstd")
    }
  }
}

extension HDF5StoredFilter {
  /// What the bit-shuffle filter does otherwise than ours; `nil` if nothing.
  fileprivate var unsupportedBitShuffle: String? {
    guard parameters.count > SPECTRIM_BITSHUFFLE_CODER else {
      return "without a coder"
    }
    let elementSize = parameters[SPECTRIM_BITSHUFFLE_ELEMENT_SIZE]
    guard elementSize == 1 else { return "in elements of \(elementSize) bytes" }
    let coder = parameters[SPECTRIM_BITSHUFFLE_CODER]
    guard coder == UInt32(SPECTRIM_BITSHUFFLE_ZSTD) else { return "with coder \(coder)" }
    return nil
  }
}

extension HDF5DatasetInfo {
  /// Whether one of our filters is the first that changes the size of a chunk, and the only one of
  /// ours: then what it decodes to has just the size of the chunk.
  fileprivate var isDecodedToSize: Bool {
    let ours = [Int(SPECTRIM_ZSTD_FILTER), Int(SPECTRIM_BITSHUFFLE_FILTER)]
    guard let coder = filters.firstIndex(where: { ours.contains($0.id) }) else { return false }
    return filters[..<coder].allSatisfy { $0.id == Int(H5Z_FILTER_SHUFFLE) }
      && filters[(coder + 1)...].allSatisfy { !ours.contains($0.id) }
  }
}

extension HDF5Dataset {
  /// Refuses a chunk that says it went around the coders and yet has another size than it must have:
  /// libhdf5 1.10 would read beyond its end.
  fileprivate func checkUncodedChunks() throws {
    guard let chunkByteCount = info.chunkByteCount, !info.filters.isEmpty,
      info.chunkCount <= Self.chunkCheckLimit
    else { return }
    let fletcher = Int(H5Z_FILTER_FLETCHER32)
    let coders = info.filters.indices.filter {
      ![fletcher, Int(H5Z_FILTER_SHUFFLE)].contains(info.filters[$0].id)
    }
    for corner in chunkCorners() {
      let (mask, byteCount) = try storedChunk(at: corner)
      func isLeftOut(_ index: Int) -> Bool { mask >> UInt32(index) & 1 == 1 }
      guard byteCount > 0, coders.allSatisfy(isLeftOut) else { continue }
      let checksums = info.filters.indices.filter {
        info.filters[$0].id == fletcher && !isLeftOut($0)
      }
      guard byteCount == chunkByteCount + 4 * checksums.count else {
        throw HDF5Error(
          .damaged, at: handle.place,
          "a chunk of \(chunkByteCount) bytes is stored as it is, but in \(byteCount) bytes")
      }
    }
  }

  /// Datasets of more chunks are not looked at: libhdf5 1.10 goes through all of them for each one.
  private static let chunkCheckLimit = 1024

  private func storedChunk(at corner: [hsize_t]) throws -> (mask: UInt32, byteCount: Int) {
    var mask: UInt32 = 0
    var (address, byteCount): (haddr_t, hsize_t) = (0, 0)
    try handle.call("H5Dget_chunk_info_by_coord", otherwise: .damaged) { id in
      H5Dget_chunk_info_by_coord(id, corner, &mask, &address, &byteCount)
    }
    return (mask, Int(clamping: byteCount))
  }

  /// The first elements of all chunks.
  private func chunkCorners() -> [[hsize_t]] {
    guard let chunkShape = info.chunkShape else { return [] }
    return zip(info.shape, chunkShape).reduce([[]]) { corners, sides in
      corners.flatMap { corner in
        stride(from: 0, to: sides.0, by: sides.1).map { corner + [hsize_t($0)] }
      }
    }
  }
}
