internal import CHDF5
internal import CSpectrimFilter
internal import Foundation

/// The one way into libhdf5.
///
/// libhdf5 may be built without thread safety, and with it still has one global state; so one lock
/// for the process stands around every call, and no other lock exists in this module.
enum HDF5Library {
  /// Recursive, because the last reference to an id may go away while we hold it.
  private static let lock = NSRecursiveLock()

  /// Done once, before the first call: no file may make us load a plugin, and our own filters are
  /// there instead.
  private static let preparation: Result<Void, HDF5Error> = {
    let place = HDF5Place(file: nil, object: nil)
    // After a disk was full, libhdf5 1.10 crashes while it cleans up at the end of the process;
    // there is nothing to clean up, since every file is closed or given up.
    H5dont_atexit()
    H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
    if H5PLset_loading_state(0) < 0 {
      return .failure(
        HDF5Error(failing: "H5PLset_loading_state", at: place, otherwise: .libraryUnusable))
    }
    if spectrim_zstd_filter_register() < 0 || spectrim_bitshuffle_filter_register() < 0 {
      return .failure(HDF5Error(failing: "H5Zregister", at: place, otherwise: .libraryUnusable))
    }
    if referenceType < 0 || chdf5_register_reference(referenceType) < 0 {
      return .failure(HDF5Error(failing: "H5Tregister", at: place, otherwise: .libraryUnusable))
    }
    return .success(())
  }()

  /// What a file stores in the place of a string of variable length; kept for the whole process.
  static let referenceType = chdf5_create_reference_type()

  /// Makes the library ready, which must come before the first constant of it too: each of them
  /// starts it.
  static func prepare() throws { try locked { try preparation.get() } }

  /// Runs several calls that belong together; `body` is this module's code, never a user's.
  static func locked<Value>(_ body: () throws -> Value) rethrows -> Value {
    lock.lock()
    defer { lock.unlock() }
    return try body()
  }

  /// Runs one C function and throws if it returns a negative number.
  ///
  /// - Parameters:
  ///   - operation: The name of the C function.
  ///   - place: What it works on.
  ///   - code: What a failure means if HDF5's error stack does not say more.
  /// - Throws: `HDF5Error` with the error stack, which is then cleared.
  @discardableResult
  static func call<Status: SignedInteger>(
    _ operation: String, at place: HDF5Place, otherwise code: HDF5Error.Code,
    _ body: () -> Status
  ) throws -> Status {
    try locked {
      try preparation.get()
      // The switch is per thread, and a task may run on another one each time.
      H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
      let status = body()
      if status < 0 { throw HDF5Error(failing: operation, at: place, otherwise: code) }
      return status
    }
  }

  /// Gives up an id of any kind; a failure here is silent, because nothing can be done about it.
  static func release(_ id: hid_t) {
    locked {
      H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
      if H5Idec_ref(id) < 0 { H5Eclear2(hid_t(H5E_DEFAULT)) }
    }
  }
}
