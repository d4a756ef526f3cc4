internal import CHDF5

/// Property lists, the settings of HDF5: each is made, handed to one call, and released.
enum HDF5PropertyList {
  /// Runs `body` with a new list of a class after setting it up.
  static func with<Value>(
    _ listClass: hid_t, at place: HDF5Place, _ body: (hid_t) throws -> Value
  ) throws -> Value {
    let list = try HDF5Library.call("H5Pcreate", at: place, otherwise: .libraryUnusable) {
      H5Pcreate(listClass)
    }
    defer { HDF5Library.release(list) }
    return try body(list)
  }

  /// One setting.
  static func set(
    _ operation: String, at place: HDF5Place, _ body: () -> herr_t
  ) throws {
    try HDF5Library.call(operation, at: place, otherwise: .libraryUnusable, body)
  }

  /// What makes a group small: links and attributes stay in the object header however many there
  /// are (the default changes to a heap of kilobytes at the ninth), and no times are kept.
  ///
  /// - Source: measured; a heap costs about 2 KB per group.
  static func setCompactGroup(
    _ list: hid_t, header: HDF5HeaderSize?, at place: HDF5Place
  ) throws {
    try set("H5Pset_link_phase_change", at: place) { H5Pset_link_phase_change(list, 200, 0) }
    try set("H5Pset_attr_phase_change", at: place) { H5Pset_attr_phase_change(list, 200, 0) }
    try set("H5Pset_obj_track_times", at: place) { H5Pset_obj_track_times(list, false) }
    if let header {
      let length = UInt32(header.equivalentNameByteCount)
      try set("H5Pset_est_link_info", at: place) { H5Pset_est_link_info(list, 1, length) }
    }
  }

  /// Runs `body` with the list for a new link, which says whether its name is more than ASCII.
  static func withLinkCreation<Value>(
    of name: String, at place: HDF5Place, _ body: (hid_t) throws -> Value
  ) throws -> Value {
    if name.utf8.allSatisfy({ $0 < 0x80 }) { return try body(hid_t(H5P_DEFAULT)) }
    return try with(chdf5_class_link_creation(), at: place) { list in
      try set("H5Pset_char_encoding", at: place) { H5Pset_char_encoding(list, H5T_CSET_UTF8) }
      return try body(list)
    }
  }
}
