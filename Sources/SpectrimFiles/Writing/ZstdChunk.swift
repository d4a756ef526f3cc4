internal import SpectrimFormat

/// One chunk as it stands in the file: shuffled, compressed and with its checksum behind it.
///
/// The file's own filters would give the same bytes; they are run here because the size decides
/// whether a tensor is stored in chunks at all, and because several threads can do it.
struct ZstdChunk {
  /// The first element in the tensor.
  let offset: [Int]
  /// The bytes on disk.
  let stored: [UInt8]
  /// A bit for each filter of the pipeline that was left out.
  let filterMask: UInt32

  init(_ bytes: [UInt8], at offset: [Int], shuffledBy elementByteCount: Int, level: Int) throws {
    let shuffled =
      elementByteCount > 1
      ? ByteShuffle.shuffled(bytes, elementByteCount: elementByteCount) : bytes
    let frame = try ZstdFrame.compressed(shuffled, level: level)
    let isSmaller = frame.count < shuffled.count
    let coded = isSmaller ? frame : shuffled
    self.offset = offset
    stored = Fletcher32.sealed(coded)
    let zstdPosition: UInt32 = elementByteCount > 1 ? 1 : 0
    filterMask = isSmaller ? 0 : 1 << zstdPosition
  }
}
