internal import CHDF5

/// HDF5's error stack, copied into values.
enum HDF5ErrorStack {
  struct Entry {
    let function: String
    let text: String
    let major: hid_t
    let minor: hid_t
  }

  /// Copies this thread's stack, outermost entry first, and clears it.
  static func take() -> [Entry] {
    var entries: [Entry] = []
    withUnsafeMutablePointer(to: &entries) { entries in
      // The context is the array above, which outlives the walk.
      _ = H5Ewalk2(
        hid_t(H5E_DEFAULT), H5E_WALK_DOWNWARD,
        { _, record, context in
          guard let record = record?.pointee, let context else { return 0 }
          let entry = Entry(
            function: record.func_name.map { String(cString: $0) } ?? "?",
            text: record.desc.map { String(cString: $0) } ?? "no description",
            major: record.maj_num, minor: record.min_num)
          context.assumingMemoryBound(to: [Entry].self).pointee.append(entry)
          return 0
        }, entries)
    }
    H5Eclear2(hid_t(H5E_DEFAULT))
    return entries
  }

  /// What the stack says by its numbers; `nil` leaves it to the caller, who knows what was tried.
  static func code(of entries: [Entry]) -> HDF5Error.Code? {
    guard let innermost = entries.last else { return nil }
    switch innermost.minor {
    // H5F__super_read: "file signature not found".
    case chdf5_error_not_hdf5(): return .notHDF5
    // H5F__super_read: "truncated file: eof = …, stored_eof = …".
    case chdf5_error_truncated(): return .damaged
    // H5G_obj_insert, H5O__attr_create: "name already exists".
    case chdf5_error_exists(): return .alreadyExists
    // The drivers' "file read failed" and "file write failed", with the system's error number.
    case chdf5_error_read() where innermost.major == chdf5_error_io(): return .readFailed
    case chdf5_error_write() where innermost.major == chdf5_error_io(): return .writeFailed
    default: return nil
    }
  }
}
