internal import CZstd

/// One zstd frame with the content size and a checksum, without a dictionary.
enum ZstdFrame {
  /// The frame of some bytes.
  /// - Throws: nothing in practice; zstd's own text when it runs out of memory.
  static func compressed(_ bytes: [UInt8], level: Int) throws(ZstdError) -> [UInt8] {
    guard let context = ZSTD_createCCtx() else { throw ZstdError(description: "out of memory") }
    defer { ZSTD_freeCCtx(context) }
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    let bound = ZSTD_compressBound(bytes.count)
    var status = 0
    // The closure writes at most `bound` bytes, the capacity, and reports how many.
    let frame = [UInt8](unsafeUninitializedCapacity: bound) { buffer, initializedCount in
      status = ZSTD_compress2(context, buffer.baseAddress, bound, bytes, bytes.count)
      initializedCount = ZSTD_isError(status) == 0 ? status : 0
    }
    guard ZSTD_isError(status) == 0 else {
      throw ZstdError(description: String(cString: ZSTD_getErrorName(status)))
    }
    return frame
  }
}

/// What zstd says when it fails.
struct ZstdError: Error, CustomStringConvertible {
  let description: String
}
