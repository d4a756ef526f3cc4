internal import CHDF5

extension HDF5Attributes {
  /// The most strings of variable length that one attribute may have: those of one message.
  static let stringLimit = byteLimit / HDF5StringReference.byteCount

  /// The strings of an attribute of any length, charset and padding: one of a single value, none
  /// where an array is empty, whatever the type of its missing elements.
  ///
  /// - Parameter byteLimit: The most bytes that strings of variable length may have together.
  /// - Throws: `HDF5Error` as `read(_:)` does, with `wrongType` for numbers, and with `unsupported`
  ///   for strings of variable length in an image of a file.
  public func texts(_ name: String, byteLimit: Int) throws -> [String] {
    let place = place(of: name)
    return try handle.withID { id in
      guard try contains(name) else {
        throw HDF5Error(.notFound, at: place, "there is no such attribute")
      }
      let attribute = try HDF5Library.call("H5Aopen", at: place, otherwise: .damaged) {
        H5Aopen(id, name, hid_t(H5P_DEFAULT))
      }
      defer { HDF5Library.release(attribute) }
      if let references = try Self.references(of: attribute, at: place) {
        return try HDF5GlobalHeap(file: handle.owner, at: place)
          .strings(at: references, byteLimit: byteLimit)
      }
      switch try Self.value(of: attribute, at: place) {
      case .string(let string): return [string]
      case .strings(let strings): return strings
      case .integers([]), .reals([]): return []
      case let value: throw wrong(value, name, "a string")
      }
    }
  }

  /// Where the strings of variable length stand, or `nil` for an attribute of another type.
  private static func references(
    of attribute: hid_t, at place: HDF5Place
  ) throws -> [HDF5StringReference]? {
    let type = try HDF5Library.call("H5Aget_type", at: place, otherwise: .damaged) {
      H5Aget_type(attribute)
    }
    defer { HDF5Library.release(type) }
    guard H5Tget_class(type) == H5T_STRING, H5Tis_variable_str(type) > 0 else { return nil }
    let space = try HDF5Library.call("H5Aget_space", at: place, otherwise: .damaged) {
      H5Aget_space(attribute)
    }
    defer { HDF5Library.release(space) }
    let shape = try HDF5Dataspace.shape(of: space, at: place)
    let (count, overflow) = shape.reduce((1, false)) { count, side in
      let (product, overflow) = count.0.multipliedReportingOverflow(by: side)
      return (product, overflow || count.1)
    }
    guard !overflow, count <= stringLimit else {
      throw HDF5Error(
        .tooLarge, at: place, "shape \(shape) declares more than \(stringLimit) strings")
    }
    var bytes = [UInt8](repeating: 0, count: count * HDF5StringReference.byteCount)
    if count > 0 {
      try HDF5Library.call("H5Aread", at: place, otherwise: .damaged) {
        H5Aread(attribute, HDF5Library.referenceType, &bytes)
      }
    }
    return (0..<count).map { HDF5StringReference(bytes, at: $0 * HDF5StringReference.byteCount) }
  }
}
