internal import CHDF5

/// A dataset: an array of elements of one type.
public struct HDF5Dataset: Sendable {
  let handle: HDF5Handle

  /// Type, shape and storage.
  public let info: HDF5DatasetInfo

  /// The path in the file.
  public var path: String { handle.place.object ?? "/" }

  /// The dataset's attributes.
  public var attributes: HDF5Attributes { HDF5Attributes(handle: handle) }

  /// How many bytes the data takes in the file: 0 if none was written, and 0 for compact storage
  /// in some versions of HDF5.
  ///
  /// - Throws: `HDF5Error` with `closed`.
  public func storageByteCount() throws -> Int {
    try handle.call("H5Dget_storage_size", otherwise: .damaged) {
      Int(clamping: H5Dget_storage_size($0))
    }
  }

  /// Writes all elements.
  ///
  /// - Parameter bytes: The elements, row-major and little-endian, as many as the shape has.
  /// - Throws: `HDF5Error` with `writeFailed`.
  public func write(_ bytes: RawSpan) throws {
    precondition(
      bytes.byteCount == info.byteCount,
      "\(bytes.byteCount) bytes for a dataset of \(info.byteCount) bytes")
    try handle.withID { id in
      try info.elementType.withDatatype(at: handle.place) { type in
        try bytes.withUnsafeBytes { buffer in
          _ = try HDF5Library.call("H5Dwrite", at: handle.place, otherwise: .writeFailed) {
            H5Dwrite(
              id, type, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), buffer.baseAddress)
          }
        }
      }
    }
  }

  /// Writes all elements; see `write(_:)` for a `RawSpan`.
  ///
  /// - Throws: `HDF5Error` with `writeFailed`.
  public func write(_ bytes: [UInt8]) throws { try write(bytes.span.bytes) }

  /// Reads all elements, row-major and little-endian whatever the order in the file.
  ///
  /// Parts that were never written are zero.
  /// - Parameter byteLimit: The most bytes that the dataset may declare; nothing is allocated
  ///   before this is checked, because a file of 500 bytes can declare terabytes.
  /// - Throws: `HDF5Error` with `tooLarge`, `unsupported` for an unknown filter, `damaged` or
  ///   `readFailed`.
  public func readBytes(byteLimit: Int) throws -> [UInt8] {
    try handle.withID { id in
      try checkReadable(byteLimit: byteLimit)
      return try withMemoryType(of: id) { type in
        var bytes = [UInt8](repeating: 0, count: info.byteCount)
        try bytes.withUnsafeMutableBytes { buffer in
          _ = try HDF5Library.call("H5Dread", at: handle.place, otherwise: .damaged) {
            H5Dread(
              id, type, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), buffer.baseAddress)
          }
        }
        return bytes
      }
    }
  }

  /// Reads all elements of a dataset of fixed-length strings, without their padding.
  ///
  /// - Throws: `HDF5Error` as `readBytes(byteLimit:)` does, with `wrongType` if the elements are
  ///   no strings, and with `damaged` if one is not UTF-8.
  public func readStrings(byteLimit: Int) throws -> [String] {
    guard case .fixedString(let byteCount) = info.elementType else {
      throw HDF5Error(.wrongType, at: handle.place, "holds \(info.elementType), expected strings")
    }
    return try HDF5Elements(bytes: try readBytes(byteLimit: byteLimit), type: info.elementType)
      .strings(of: byteCount, at: handle.place)
  }

  /// Runs `body` with the type of the bytes in memory: little-endian, strings padded with zeros.
  ///
  /// The only thing that HDF5 may have to change is the order of bytes: it rounds wrongly.
  private func withMemoryType<Value>(
    of id: hid_t, _ body: (hid_t) throws -> Value
  ) throws -> Value {
    switch info.elementType {
    case .fixedString, .opaquePair: break
    default: return try info.elementType.withDatatype(at: handle.place, body)
    }
    let type = try HDF5Library.call("H5Dget_type", at: handle.place, otherwise: .damaged) {
      H5Dget_type(id)
    }
    defer { HDF5Library.release(type) }
    // Opaque bytes have a tag that both sides must share.
    if info.elementType == .opaquePair { return try body(type) }
    return try HDF5Elements.withZeroPadded(type, at: handle.place, body)
  }
}
