internal import SpectrimCore
internal import SpectrimHDF5

extension HDF5Dataset {
  /// The whole dataset.
  ///
  /// Zeros that were never written take no room in a file, and gzip makes at most 1032 bytes of
  /// one: what declares more than that and 16 MiB was not written by Keras.
  /// - Throws: `HDF5Error`, or `InterchangeError` for elements that are no numbers.
  func tensor(file: String) throws -> Tensor {
    guard let type = ScalarType(keras: info.elementType) else {
      throw InterchangeError(
        .unsupported, file: file, "`\(path)` holds \(info.elementType); expected numbers")
    }
    let (room, overflow) = try storageByteCount().multipliedReportingOverflow(by: 1032)
    let bytes = try readBytes(byteLimit: overflow ? Int.max : max(room, 16 << 20))
    return Tensor(type: type, shape: info.shape, bytes: bytes)
  }
}

extension ScalarType {
  /// The type of the elements of a weight; two opaque bytes are a bfloat16, which is what h5py
  /// makes of the one of Python, and Keras writes nothing else of that kind.
  init?(keras type: HDF5ElementType) {
    switch type {
    case .int8: self = .int8
    case .uint8: self = .uint8
    case .int16: self = .int16
    case .uint16: self = .uint16
    case .int32: self = .int32
    case .uint32: self = .uint32
    case .int64: self = .int64
    case .uint64: self = .uint64
    case .float16: self = .float16
    case .bfloat16, .opaquePair: self = .bfloat16
    case .float32: self = .float32
    case .float64: self = .float64
    case .fixedString: return nil
    }
  }
}

extension InterchangeError {
  /// An error of HDF5 in a file of Keras.
  init(_ error: HDF5Error, file: String) {
    let code: Code =
      switch error.code {
      case .cannotOpen, .readFailed, .closed, .invalidName: .cannotRead
      case .unsupported: .unsupported
      case .cannotCreate, .alreadyExists, .writeFailed, .libraryUnusable: .cannotWrite
      case .notHDF5, .notFound, .damaged, .wrongType, .tooLarge: .invalid
      }
    // The error names its file, or an image of one, itself.
    let prefix = error.file.map { "\($0): " } ?? ""
    let text = error.description
    self.init(
      code, file: file, text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
  }
}
