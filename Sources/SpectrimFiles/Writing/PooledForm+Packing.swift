internal import SpectrimCore
internal import SpectrimFormat
internal import SpectrimHDF5

extension PooledForm {
  /// Pools groups in each packing that the codec allows and keeps the smallest, of equal ones the
  /// plainest.
  ///
  /// Which one it is depends on the codes: calibrated ones are small integers and save a twelfth of
  /// their bytes bit-shuffled, codes of 8 bits without calibration lose a hundredth.
  init(smallestOf groups: [FormatNode], for storage: StorageSettings) throws {
    let plain = PooledForm(groups)
    let codeByteCount = plain.pools[.int8]?.count ?? 0
    guard storage.codec == .zstd, codeByteCount > 0,
      codeByteCount <= FormatLimit.packingTrialByteCount
    else {
      self = plain
      return
    }
    let level = storage.level ?? 19
    var (smallest, least) = (plain, try plain.packedByteCount(level: level))
    for packing in Packing.allCases where packing != .plain {
      let form = PooledForm(groups, packing: packing)
      let byteCount = try form.packedByteCount(level: level)
      if byteCount < least { (smallest, least) = (form, byteCount) }
    }
    self = smallest
  }

  /// The bytes of what differs between packings.
  private func packedByteCount(level: Int) throws -> Int {
    var byteCount = try ZstdFrame.compressed(Array(index.utf8), level: level).count
    if let bytes = pools[.int8] {
      let chunk = try ZstdChunk(bytes, at: [0], shuffledBy: 1, level: level)
      byteCount += FormatLimit.poolByteCount + chunk.stored.count
    }
    if let bytes = pools[.zigzag8] {
      let chunk =
        HDF5BitShuffle.blockElementCount(for: bytes.count) == nil
        ? bytes : try HDF5BitShuffle.chunk(of: bytes, level: level)
      byteCount += FormatLimit.poolByteCount + chunk.count
    }
    return byteCount
  }
}
