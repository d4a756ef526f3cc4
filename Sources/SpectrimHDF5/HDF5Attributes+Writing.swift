internal import CHDF5

extension HDF5Attributes {
  /// Writes one integer; the type is the smallest that suits, and the value must fit it.
  ///
  /// - Throws: `HDF5Error` with `alreadyExists` or `cannotCreate`; so do all that follow.
  public func write(_ value: Int, as type: HDF5ElementType, named name: String) throws {
    try write(Self.bytes([value], as: type), type: type, shape: [], named: name)
  }

  /// Writes an array of integers.
  ///
  /// - Throws: `HDF5Error` with `alreadyExists`, `cannotCreate` or `tooLarge`.
  public func write(_ values: [Int], as type: HDF5ElementType, named name: String) throws {
    try write(Self.bytes(values, as: type), type: type, shape: [values.count], named: name)
  }

  /// Writes one number of single precision.
  ///
  /// - Throws: `HDF5Error` with `alreadyExists` or `cannotCreate`.
  public func write(_ value: Float, named name: String) throws {
    try write(Self.bytes(value.bitPattern), type: .float32, shape: [], named: name)
  }

  /// Writes an array of numbers of single precision.
  ///
  /// - Throws: `HDF5Error` with `alreadyExists`, `cannotCreate` or `tooLarge`.
  public func write(_ values: [Float], named name: String) throws {
    let bytes = values.flatMap { Self.bytes($0.bitPattern) }
    try write(bytes, type: .float32, shape: [values.count], named: name)
  }

  /// Writes one number of double precision.
  ///
  /// - Throws: `HDF5Error` with `alreadyExists` or `cannotCreate`.
  public func write(_ value: Double, named name: String) throws {
    try write(Self.bytes(value.bitPattern), type: .float64, shape: [], named: name)
  }

  /// Writes an array of numbers of double precision.
  ///
  /// - Throws: `HDF5Error` with `alreadyExists`, `cannotCreate` or `tooLarge`.
  public func write(_ values: [Double], named name: String) throws {
    let bytes = values.flatMap { Self.bytes($0.bitPattern) }
    try write(bytes, type: .float64, shape: [values.count], named: name)
  }

  /// Writes a string with as many bytes as its UTF-8 has, and 1 if it is empty.
  ///
  /// - Throws: `HDF5Error` with `alreadyExists`, `cannotCreate` or `tooLarge`.
  public func write(_ value: String, named name: String) throws {
    try write(strings: [value], shape: [], named: name)
  }

  /// Writes an array of strings with as many bytes each as the longest has.
  ///
  /// - Throws: `HDF5Error` with `alreadyExists`, `cannotCreate` or `tooLarge`.
  public func write(_ values: [String], named name: String) throws {
    try write(strings: values, shape: [values.count], named: name)
  }

  private func write(strings: [String], shape: [Int], named name: String) throws {
    let byteCount = max(1, strings.map(\.utf8.count).max() ?? 1)
    var bytes: [UInt8] = []
    for string in strings {
      precondition(string.utf8.last != 0, "a string cannot end with the zero that pads it")
      bytes += string.utf8
      bytes += repeatElement(0, count: byteCount - string.utf8.count)
    }
    try write(bytes, type: .fixedString(byteCount: byteCount), shape: shape, named: name)
  }

  private func write(
    _ bytes: [UInt8], type: HDF5ElementType, shape: [Int], named name: String
  ) throws {
    let place = place(of: name)
    guard isValid(name) else {
      throw HDF5Error(.invalidName, at: place, "the name is empty or contains a zero")
    }
    // The header of the message: type, shape, name, with a margin.
    guard bytes.count + name.utf8.count + 128 <= Self.byteLimit else {
      throw HDF5Error(
        .tooLarge, at: place, "\(bytes.count) bytes do not fit an attribute; use a dataset")
    }
    try handle.withID { id in
      if try contains(name) {
        throw HDF5Error(.alreadyExists, at: place, "the name is taken; choose another one")
      }
      try type.withDatatype(at: place) { datatype in
        try HDF5Dataspace.with(shape, at: place) { space in
          let attribute = try HDF5Library.call("H5Acreate2", at: place, otherwise: .cannotCreate) {
            H5Acreate2(id, name, datatype, space, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
          }
          defer { HDF5Library.release(attribute) }
          guard !bytes.isEmpty else { return }
          try HDF5Library.call("H5Awrite", at: place, otherwise: .writeFailed) {
            H5Awrite(attribute, datatype, bytes)
          }
        }
      }
    }
  }

  private static func bytes<Bits: FixedWidthInteger>(_ bits: Bits) -> [UInt8] {
    (0..<Bits.bitWidth / 8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
  }

  private static func bytes(_ values: [Int], as type: HDF5ElementType) -> [UInt8] {
    precondition(type.isInteger, "an integer is stored as an integer type, not as \(type)")
    let unused = 64 - 8 * type.byteCount
    return values.flatMap { value in
      let bits = UInt64(bitPattern: Int64(value))
      let kept =
        type.isSignedInteger
        ? UInt64(bitPattern: Int64(bitPattern: bits << unused) >> unused)
        : value < 0 ? ~bits : (bits << unused) >> unused
      precondition(kept == bits, "\(value) does not fit \(type)")
      return Array(Self.bytes(bits).prefix(type.byteCount))
    }
  }
}
