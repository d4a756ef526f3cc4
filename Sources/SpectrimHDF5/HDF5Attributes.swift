internal import CHDF5

/// The attributes of a group or dataset: small named values.
public struct HDF5Attributes: Sendable {
  let handle: HDF5Handle

  /// The most bytes that the value of an attribute may have.
  ///
  /// - Source: a message of an object header is shorter than 64 KiB; HDF5 moves what is longer
  ///   into a heap, which has no checksum.
  public static let byteLimit = 1 << 16

  /// The names, sorted by their bytes.
  ///
  /// - Throws: `HDF5Error` with `tooLarge` above 65536 names, or `damaged`.
  public func names() throws -> [String] {
    var names: [String] = []
    let status = try withUnsafeMutablePointer(to: &names) { names in
      // The context is the array above, which outlives the visit.
      try handle.call("H5Aiterate2", otherwise: .damaged) { id in
        H5Aiterate2(
          id, H5_INDEX_NAME, H5_ITER_INC, nil,
          { _, name, _, context in
            guard let name, let context else { return 0 }
            let names = context.assumingMemoryBound(to: [String].self)
            names.pointee.append(String(cString: name))
            return names.pointee.count > HDF5Group.linkLimit ? 1 : 0
          }, names)
      }
    }
    guard status == 0 else {
      throw HDF5Error(.tooLarge, at: handle.place, "more than \(HDF5Group.linkLimit) attributes")
    }
    return names
  }

  /// Whether there is an attribute of this name.
  ///
  /// - Throws: `HDF5Error` with `damaged`.
  public func contains(_ name: String) throws -> Bool {
    guard isValid(name) else { return false }
    return try handle.call("H5Aexists", otherwise: .damaged) { H5Aexists($0, name) } > 0
  }

  /// Where errors about one attribute point to.
  func place(of name: String) -> HDF5Place {
    HDF5Place(file: handle.place.file, object: "\(handle.place.object ?? "/")@\(name)")
  }

  func isValid(_ name: String) -> Bool { !name.isEmpty && !name.utf8.contains(0) }
}
