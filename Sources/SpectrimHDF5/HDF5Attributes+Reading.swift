internal import CHDF5

extension HDF5Attributes {
  /// The value of an attribute, whatever its width, byte order or padding in the file.
  ///
  /// - Throws: `HDF5Error` with `notFound`, `unsupported` for a variable-length string and other
  ///   types, `tooLarge` above `byteLimit`, or `damaged`.
  public func read(_ name: String) throws -> HDF5AttributeValue {
    let place = place(of: name)
    return try handle.withID { id in
      guard try contains(name) else {
        throw HDF5Error(.notFound, at: place, "there is no such attribute")
      }
      let attribute = try HDF5Library.call("H5Aopen", at: place, otherwise: .damaged) {
        H5Aopen(id, name, hid_t(H5P_DEFAULT))
      }
      defer { HDF5Library.release(attribute) }
      return try Self.value(of: attribute, at: place)
    }
  }

  /// The value of an attribute that is one integer.
  ///
  /// - Throws: `HDF5Error` as `read(_:)` does, and with `wrongType`.
  public func integer(_ name: String) throws -> Int {
    let value = try read(name)
    guard case .integer(let integer) = value else { throw wrong(value, name, "an integer") }
    return integer
  }

  /// The value of an attribute that is an array of integers.
  ///
  /// - Throws: `HDF5Error` as `read(_:)` does, and with `wrongType`.
  public func integers(_ name: String) throws -> [Int] {
    let value = try read(name)
    guard case .integers(let integers) = value else {
      throw wrong(value, name, "an array of integers")
    }
    return integers
  }

  /// The value of an attribute that is one number.
  ///
  /// - Throws: `HDF5Error` as `read(_:)` does, and with `wrongType`.
  public func real(_ name: String) throws -> Double {
    let value = try read(name)
    guard case .real(let real) = value else { throw wrong(value, name, "a real number") }
    return real
  }

  /// The value of an attribute that is an array of numbers.
  ///
  /// - Throws: `HDF5Error` as `read(_:)` does, and with `wrongType`.
  public func reals(_ name: String) throws -> [Double] {
    let value = try read(name)
    guard case .reals(let reals) = value else {
      throw wrong(value, name, "an array of real numbers")
    }
    return reals
  }

  /// The value of an attribute that is one string.
  ///
  /// - Throws: `HDF5Error` as `read(_:)` does, and with `wrongType`.
  public func string(_ name: String) throws -> String {
    let value = try read(name)
    guard case .string(let string) = value else { throw wrong(value, name, "a string") }
    return string
  }

  /// The value of an attribute that is an array of strings.
  ///
  /// - Throws: `HDF5Error` as `read(_:)` does, and with `wrongType`.
  public func strings(_ name: String) throws -> [String] {
    let value = try read(name)
    guard case .strings(let strings) = value else {
      throw wrong(value, name, "an array of strings")
    }
    return strings
  }

  func wrong(
    _ value: HDF5AttributeValue, _ name: String, _ expected: String
  ) -> HDF5Error {
    HDF5Error(.wrongType, at: place(of: name), "is \(value.kind), expected \(expected)")
  }

  static func value(of attribute: hid_t, at place: HDF5Place) throws -> HDF5AttributeValue {
    let type = try HDF5Library.call("H5Aget_type", at: place, otherwise: .damaged) {
      H5Aget_type(attribute)
    }
    defer { HDF5Library.release(type) }
    let space = try HDF5Library.call("H5Aget_space", at: place, otherwise: .damaged) {
      H5Aget_space(attribute)
    }
    defer { HDF5Library.release(space) }
    let element = try HDF5ElementType.recognize(type, at: place).type
    let shape = try HDF5Dataspace.shape(of: space, at: place)
    let byteCount = try byteCount(of: shape, element, at: place)
    var bytes = [UInt8](repeating: 0, count: byteCount)
    func read(as memoryType: hid_t) throws {
      // Nothing to read, and HDF5 wants an address.
      guard !bytes.isEmpty else { return }
      try HDF5Library.call("H5Aread", at: place, otherwise: .damaged) {
        H5Aread(attribute, memoryType, &bytes)
      }
    }
    if case .fixedString = element {
      try HDF5Elements.withZeroPadded(type, at: place, read)
    } else {
      try element.withDatatype(at: place, read)
    }
    return try value(HDF5Elements(bytes: bytes, type: element), isArray: !shape.isEmpty, at: place)
  }

  /// How many bytes a shape declares, at most `byteLimit`.
  private static func byteCount(
    of shape: [Int], _ element: HDF5ElementType, at place: HDF5Place
  ) throws -> Int {
    let (count, overflow) = shape.reduce((element.byteCount, false)) { count, side in
      let (product, overflow) = count.0.multipliedReportingOverflow(by: side)
      return (product, overflow || count.1)
    }
    guard !overflow, count <= byteLimit else {
      throw HDF5Error(
        .tooLarge, at: place,
        "shape \(shape) of \(element) declares more than \(byteLimit) bytes")
    }
    return count
  }

  private static func value(
    _ elements: HDF5Elements, isArray: Bool, at place: HDF5Place
  ) throws -> HDF5AttributeValue {
    if case .fixedString(let byteCount) = elements.type {
      let strings = try elements.strings(of: byteCount, at: place)
      return isArray ? .strings(strings) : .string(strings[0])
    }
    if elements.type == .opaquePair {
      throw HDF5Error(.unsupported, at: place, "is an opaque value, expected a number or a string")
    }
    if elements.type.isInteger {
      let integers = try elements.integers(at: place)
      return isArray ? .integers(integers) : .integer(integers[0])
    }
    let reals = elements.reals()
    return isArray ? .reals(reals) : .real(reals[0])
  }
}
