internal import CHDF5

/// Shapes, as HDF5 keeps them.
enum HDF5Dataspace {
  /// The shape of a dataspace; empty for a single value.
  ///
  /// - Throws: `HDF5Error` with `unsupported` for a space without any value.
  static func shape(of space: hid_t, at place: HDF5Place) throws -> [Int] {
    let rank = try HDF5Library.call(
      "H5Sget_simple_extent_ndims", at: place, otherwise: .damaged
    ) { H5Sget_simple_extent_ndims(space) }
    switch H5Sget_simple_extent_type(space) {
    case H5S_SCALAR: return []
    case H5S_SIMPLE: break
    default: throw HDF5Error(.unsupported, at: place, "is empty: it has no dataspace")
    }
    var sides = [hsize_t](repeating: 0, count: Int(rank))
    try HDF5Library.call("H5Sget_simple_extent_dims", at: place, otherwise: .damaged) {
      H5Sget_simple_extent_dims(space, &sides, nil)
    }
    return try sides.map { side in
      guard let side = Int(exactly: side) else {
        throw HDF5Error(.tooLarge, at: place, "a side of the shape is \(side)")
      }
      return side
    }
  }

  /// Runs `body` with the dataspace of a shape.
  static func with<Value>(
    _ shape: [Int], at place: HDF5Place, _ body: (hid_t) throws -> Value
  ) throws -> Value {
    precondition(
      shape.count <= 32 && shape.allSatisfy { $0 >= 0 },
      "a shape has at most 32 sides, none of them negative")
    let sides = shape.map { hsize_t($0) }
    let operation = shape.isEmpty ? "H5Screate" : "H5Screate_simple"
    let space = try HDF5Library.call(operation, at: place, otherwise: .cannotCreate) {
      shape.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(sides.count), sides, nil)
    }
    defer { HDF5Library.release(space) }
    return try body(space)
  }
}
