internal import CHDF5

/// The owner of the id of a file, a group or a dataset.
///
/// HDF5 gives the number of a closed id to another object sooner or later, so an id is used only
/// after asking whether its file is still open, and under the same lock.
///
/// Sendable, unchecked: `id` is only touched inside `HDF5Library.locked`; the rest is immutable.
final class HDF5Handle: @unchecked Sendable {
  let place: HDF5Place
  /// `nil` for a file. It keeps the file open as long as one of its objects is in use.
  private let file: HDF5Handle?
  /// Negative once closed.
  private var id: hid_t

  /// Takes over an id that nobody else will release.
  init(owning id: hid_t, at place: HDF5Place, in file: HDF5Handle?) {
    self.id = id
    self.place = place
    self.file = file
  }

  deinit {
    HDF5Library.locked {
      if isOpen { HDF5Library.release(id) }
    }
  }

  /// The file that an object made from this one belongs to.
  var owner: HDF5Handle { file ?? self }

  private var isOpen: Bool { id >= 0 && (file?.isOpen ?? true) }

  /// Runs calls with the id while nobody can close it.
  ///
  /// - Throws: `HDF5Error` with `closed` if the file is closed, and what `body` throws.
  func withID<Value>(_ body: (hid_t) throws -> Value) throws -> Value {
    try HDF5Library.locked {
      try withExtendedLifetime(self) {
        guard isOpen else {
          throw HDF5Error(.closed, at: place, "the file is closed; open it again")
        }
        return try body(id)
      }
    }
  }

  /// Runs one C function with the id; see `HDF5Library.call`.
  @discardableResult
  func call<Status: SignedInteger>(
    _ operation: String, otherwise code: HDF5Error.Code, _ body: (hid_t) -> Status
  ) throws -> Status {
    try withID { id in
      try HDF5Library.call(operation, at: place, otherwise: code) { body(id) }
    }
  }

  /// Closes the id with a function that reports; whatever it says, the id is not used again.
  func close(_ operation: String, _ body: (hid_t) -> herr_t) throws {
    try withID { id in
      defer { self.id = -1 }
      try HDF5Library.call(operation, at: place, otherwise: .writeFailed) { body(id) }
    }
  }
}
