internal import CHDF5

/// A group: a folder of groups and datasets, with attributes.
public struct HDF5Group: Sendable {
  let handle: HDF5Handle

  /// The path in the file.
  public var path: String { handle.place.object ?? "/" }

  /// The group's attributes.
  public var attributes: HDF5Attributes { HDF5Attributes(handle: handle) }

  /// Makes a group in this one.
  ///
  /// - Parameter contents: What will be put into it; more than that costs bytes, less leaves some
  ///   unused.
  /// - Throws: `HDF5Error` with `alreadyExists`, `invalidName` or `cannotCreate`.
  public func createGroup(
    _ name: String, contents: HDF5GroupContents = HDF5GroupContents()
  ) throws -> HDF5Group {
    let place = try placeOfNewLink(name)
    let id = try handle.withID { group in
      try HDF5PropertyList.withLinkCreation(of: name, at: place) { link in
        try HDF5PropertyList.with(chdf5_class_group_creation(), at: place) { creation in
          try HDF5PropertyList.setCompactGroup(
            creation, contents, addressByteCount: try addressByteCount(of: group), at: place)
          return try HDF5Library.call("H5Gcreate2", at: place, otherwise: .cannotCreate) {
            H5Gcreate2(group, name, link, creation, hid_t(H5P_DEFAULT))
          }
        }
      }
    }
    return HDF5Group(handle: HDF5Handle(owning: id, at: place, in: handle.owner))
  }

  /// Bytes of an address in this file, 4 in a small one.
  private func addressByteCount(of object: hid_t) throws -> Int {
    let file = try handle.call("H5Iget_file_id", otherwise: .readFailed) { H5Iget_file_id($0) }
    defer { HDF5Library.release(file) }
    let creation = try handle.call("H5Fget_create_plist", otherwise: .readFailed) { _ in
      H5Fget_create_plist(file)
    }
    defer { HDF5Library.release(creation) }
    var (addressByteCount, lengthByteCount) = (0, 0)
    try HDF5PropertyList.set("H5Pget_sizes", at: handle.place) {
      H5Pget_sizes(creation, &addressByteCount, &lengthByteCount)
    }
    return addressByteCount
  }

  /// Opens a group in this one; only a hard link is followed.
  ///
  /// - Throws: `HDF5Error` with `notFound`, `unsupported` for soft and external links, `wrongType`.
  public func group(named name: String) throws -> HDF5Group {
    let place = handle.place.appending(name)
    let id = try handle.withID { group in
      try expect(.group, named: name)
      return try HDF5Library.call("H5Gopen2", at: place, otherwise: .damaged) {
        H5Gopen2(group, name, hid_t(H5P_DEFAULT))
      }
    }
    return HDF5Group(handle: HDF5Handle(owning: id, at: place, in: handle.owner))
  }

  /// Opens a dataset in this group; only a hard link is followed.
  ///
  /// - Throws: `HDF5Error` with `notFound`, `unsupported` for soft and external links, external
  ///   storage, virtual datasets and types that this module does not read, `wrongType`.
  public func dataset(named name: String) throws -> HDF5Dataset {
    let place = handle.place.appending(name)
    return try handle.withID { group in
      try expect(.dataset, named: name)
      let id = try HDF5Library.call("H5Dopen2", at: place, otherwise: .damaged) {
        H5Dopen2(group, name, hid_t(H5P_DEFAULT))
      }
      let dataset = HDF5Handle(owning: id, at: place, in: handle.owner)
      return HDF5Dataset(handle: dataset, info: try HDF5DatasetInfo(of: id, at: place))
    }
  }

  /// Gives a dataset of the same file one more name: it is stored once and read under both.
  ///
  /// - Throws: `HDF5Error` with `alreadyExists`, `invalidName` or `cannotCreate`.
  public func hardLink(_ name: String, to dataset: HDF5Dataset) throws {
    let place = try placeOfNewLink(name)
    try handle.withID { group in
      try dataset.handle.withID { object in
        try HDF5PropertyList.withLinkCreation(of: name, at: place) { link in
          _ = try HDF5Library.call("H5Olink", at: place, otherwise: .cannotCreate) {
            H5Olink(object, group, name, link, hid_t(H5P_DEFAULT))
          }
        }
      }
    }
  }

  /// Checks the name of something new.
  func placeOfNewLink(_ name: String) throws -> HDF5Place {
    let place = handle.place.appending(name)
    try checkName(name)
    if try contains(name) {
      throw HDF5Error(.alreadyExists, at: place, "the name is taken; choose another one")
    }
    return place
  }
}
