internal import CHDF5

/// A chunk as it stands in the file, after the filters.
public struct HDF5Chunk: Sendable, Equatable {
  /// The stored bytes.
  public let bytes: [UInt8]
  /// Bit i is set if filter i was left out for this chunk.
  public let filterMask: UInt32
}

extension HDF5Dataset {
  /// Writes one chunk that went through the filters already.
  ///
  /// - Parameters:
  ///   - offset: The first element of the chunk, a multiple of the chunk's shape.
  ///   - filterMask: Bit i is set if filter i was left out.
  /// - Throws: `HDF5Error` with `writeFailed`.
  public func writeChunk(at offset: [Int], filterMask: UInt32 = 0, bytes: RawSpan) throws {
    let corner = checkedCorner(offset)
    precondition(bytes.byteCount > 0, "a chunk is not empty")
    try bytes.withUnsafeBytes { buffer in
      _ = try handle.call("H5Dwrite_chunk", otherwise: .writeFailed) { id in
        H5Dwrite_chunk(
          id, hid_t(H5P_DEFAULT), filterMask, corner, buffer.count, buffer.baseAddress)
      }
    }
  }

  /// Writes one chunk that went through the filters already; see the method for a `RawSpan`.
  ///
  /// - Throws: `HDF5Error` with `writeFailed`.
  public func writeChunk(at offset: [Int], filterMask: UInt32 = 0, bytes: [UInt8]) throws {
    try writeChunk(at: offset, filterMask: filterMask, bytes: bytes.span.bytes)
  }

  /// Reads one chunk without undoing its filters, from a file that was opened for reading: in one
  /// that is being written, HDF5 1.10 does not yet know the sizes and masks of new chunks.
  ///
  /// - Parameters:
  ///   - offset: The first element of the chunk, a multiple of the chunk's shape.
  ///   - byteLimit: The most bytes that the chunk may have in the file.
  /// - Throws: `HDF5Error` with `notFound` if the chunk was never written, `tooLarge`, `damaged`
  ///   or `readFailed`.
  public func readChunk(at offset: [Int], byteLimit: Int) throws -> HDF5Chunk {
    let corner = checkedCorner(offset)
    return try handle.withID { id in
      var stored: hsize_t = 0
      try handle.call("H5Dget_chunk_storage_size", otherwise: .notFound) { _ in
        H5Dget_chunk_storage_size(id, corner, &stored)
      }
      guard stored > 0 else {
        throw HDF5Error(.notFound, at: handle.place, "the chunk at \(offset) was never written")
      }
      guard let byteCount = Int(exactly: stored), byteCount <= byteLimit else {
        throw HDF5Error(
          .tooLarge, at: handle.place,
          "the chunk at \(offset) has \(stored) bytes, the limit is \(byteLimit)")
      }
      var bytes = [UInt8](repeating: 0, count: byteCount)
      var mask: UInt32 = 0
      try handle.call("H5Dread_chunk", otherwise: .damaged) { _ in
        chdf5_read_chunk(id, corner, &mask, &bytes)
      }
      return HDF5Chunk(bytes: bytes, filterMask: mask)
    }
  }

  /// The offset for C, after the checks that are the caller's duty.
  private func checkedCorner(_ offset: [Int]) -> [hsize_t] {
    guard let chunkShape = info.chunkShape else {
      preconditionFailure("`\(path)` is not chunked")
    }
    precondition(offset.count == info.shape.count, "an offset has as many numbers as the shape")
    for (start, sides) in zip(offset, zip(info.shape, chunkShape)) {
      precondition(
        (0..<sides.0).contains(start) && start % sides.1 == 0,
        "a chunk starts inside the shape, at a multiple of the chunk's shape")
    }
    return offset.map { hsize_t($0) }
  }
}
