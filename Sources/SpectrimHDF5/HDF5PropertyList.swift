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

  /// What makes a group small: its header has just the room that was announced, links and
  /// attributes stay in it however many there are, and no times are kept.
  static func setCompactGroup(
    _ list: hid_t, _ contents: HDF5GroupContents, addressByteCount: Int, at place: HDF5Place
  ) throws {
    if contents.needsManyLinks {
      try set("H5Pset_link_phase_change", at: place) {
        H5Pset_link_phase_change(list, UInt32(UInt16.max), 0)
      }
    }
    if contents.needsManyAttributes {
      try set("H5Pset_attr_phase_change", at: place) {
        H5Pset_attr_phase_change(list, UInt32(UInt16.max), 0)
      }
    }
    // HDF5 takes the room as a count of links times the length of a name: one link of that length.
    let room = contents.byteCount(addressByteCount: addressByteCount)
    let nameLength = max(0, room - HDF5GroupContents.linkOverhead - addressByteCount)
    if nameLength <= UInt16.max {
      try set("H5Pset_est_link_info", at: place) {
        H5Pset_est_link_info(list, room == 0 ? 0 : 1, UInt32(nameLength))
      }
    }
    try set("H5Pset_obj_track_times", at: place) { H5Pset_obj_track_times(list, false) }
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
