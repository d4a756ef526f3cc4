internal import CHDF5
internal import Foundation

/// An HDF5 file, open until it is closed or nobody refers to it or to an object in it.
///
/// All methods of this module may be called from any thread; the calls into libhdf5 take turns.
public final class HDF5File: Sendable {
  private let handle: HDF5Handle

  private init(handle: HDF5Handle) { self.handle = handle }

  /// The group that all others are in.
  public var root: HDF5Group { HDF5Group(handle: handle) }

  /// Makes an empty file for writing, in place of what stands there.
  ///
  /// The file is readable by HDF5 1.10 and later, and its metadata is as small as HDF5 can be told
  /// to make it. It is not valid until `close()`: write to a temporary name and rename.
  /// - Parameters:
  ///   - smallFile: Store addresses in 4 bytes; the file must then stay below 2 GiB.
  ///   - contents: What will be put into the root.
  /// - Throws: `HDF5Error`, with `cannotCreate` if the path cannot be written to.
  public static func create(
    at path: String, smallFile: Bool = false, contents: HDF5GroupContents = HDF5GroupContents()
  ) throws -> HDF5File {
    let place = HDF5Place(file: path, object: nil)
    try checkPath(path, at: place)
    try HDF5Library.prepare()
    let id = try HDF5PropertyList.with(chdf5_class_file_access(), at: place) { access in
      try setAccess(access, at: place)
      try HDF5PropertyList.set("H5Pset_libver_bounds", at: place) {
        H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110)
      }
      // Space is asked for as it is needed, instead of 2 KiB at a time.
      try HDF5PropertyList.set("H5Pset_meta_block_size", at: place) {
        H5Pset_meta_block_size(access, 1)
      }
      try HDF5PropertyList.set("H5Pset_small_data_block_size", at: place) {
        H5Pset_small_data_block_size(access, 1)
      }
      return try HDF5PropertyList.with(chdf5_class_file_creation(), at: place) { creation in
        try HDF5PropertyList.setCompactGroup(
          creation, contents, addressByteCount: smallFile ? 4 : 8, at: place)
        if smallFile {
          try HDF5PropertyList.set("H5Pset_sizes", at: place) { H5Pset_sizes(creation, 4, 4) }
        }
        return try HDF5Library.call("H5Fcreate", at: place, otherwise: .cannotCreate) {
          H5Fcreate(path, chdf5_access_truncate(), creation, access)
        }
      }
    }
    return HDF5File(handle: HDF5Handle(owning: id, at: place, in: nil))
  }

  /// Opens a file for reading.
  ///
  /// - Throws: `HDF5Error` with `cannotOpen`, `notHDF5` or `damaged`.
  public static func open(at path: String) throws -> HDF5File {
    let place = HDF5Place(file: path, object: nil)
    try checkPath(path, at: place)
    try checkIsNoPipe(path, at: place)
    try HDF5Library.prepare()
    let id = try HDF5PropertyList.with(chdf5_class_file_access(), at: place) { access in
      try setAccess(access, at: place)
      return try HDF5Library.call("H5Fopen", at: place, otherwise: .cannotOpen) {
        H5Fopen(path, chdf5_access_read_only(), access)
      }
    }
    return HDF5File(handle: HDF5Handle(owning: id, at: place, in: nil))
  }

  /// Opens the bytes of a file for reading.
  ///
  /// - Complexity: HDF5 makes its own copy of the bytes.
  /// - Throws: `HDF5Error` with `notHDF5` or `damaged`.
  public static func open(image: [UInt8]) throws -> HDF5File {
    let place = HDF5Place(file: "image of \(image.count) bytes", object: nil)
    guard !image.isEmpty else { throw HDF5Error(.notHDF5, at: place, "is not an HDF5 file") }
    try HDF5Library.prepare()
    // HDF5 takes two images of one name for the same file.
    let name = "spectrim-image-\(UUID().uuidString)"
    let id = try HDF5PropertyList.with(chdf5_class_file_access(), at: place) { access in
      try setAccess(access, at: place)
      try HDF5PropertyList.set("H5Pset_fapl_core", at: place) {
        H5Pset_fapl_core(access, 1 << 16, false)
      }
      // H5Pset_file_image copies and only reads, although its parameter is not const.
      try image.withUnsafeBytes { bytes in
        try HDF5PropertyList.set("H5Pset_file_image", at: place) {
          H5Pset_file_image(
            access, UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        }
      }
      return try HDF5Library.call("H5Fopen", at: place, otherwise: .damaged) {
        H5Fopen(name, chdf5_access_read_only(), access)
      }
    }
    return HDF5File(handle: HDF5Handle(owning: id, at: place, in: nil))
  }

  /// Writes what is not yet written and closes the file with all objects in it.
  ///
  /// Whatever was made from this file throws `closed` afterwards. How long a Swift variable keeps
  /// its object differs between debug and release builds; therefore an open object is no error.
  /// - Returns: The paths of the objects that were still open, sorted.
  /// - Throws: `HDF5Error` with `writeFailed`, for instance when the disk is full, and with
  ///   `closed` when the file is closed already.
  @discardableResult
  public func close() throws -> [String] {
    try handle.withID { id in
      let paths = try openObjects(of: id)
      try handle.call("H5Fflush", otherwise: .writeFailed) { H5Fflush($0, H5F_SCOPE_GLOBAL) }
      try handle.close("H5Fclose") { H5Fclose($0) }
      return paths
    }
  }

  private func openObjects(of id: hid_t) throws -> [String] {
    let types = chdf5_open_objects_of_this_file()
    let count = try handle.call("H5Fget_obj_count", otherwise: .readFailed) {
      H5Fget_obj_count($0, types)
    }
    var objects = [hid_t](repeating: -1, count: count)
    guard count > 0 else { return [] }
    let found = try handle.call("H5Fget_obj_ids", otherwise: .readFailed) {
      H5Fget_obj_ids($0, types, objects.count, &objects)
    }
    return objects.prefix(found).map { object in
      var name = [CChar](repeating: 0, count: 1024)
      let length = H5Iget_name(object, &name, name.count)
      let bytes = name.prefix(max(0, length)).map(UInt8.init(bitPattern:))
      return String(decoding: bytes, as: UTF8.self)
    }.sorted()
  }

  /// Closing a file closes its objects too, so that no forgotten one keeps it open; no locks.
  private static func setAccess(_ access: hid_t, at place: HDF5Place) throws {
    try HDF5PropertyList.set("H5Pset_fclose_degree", at: place) {
      H5Pset_fclose_degree(access, H5F_CLOSE_STRONG)
    }
    // Nobody writes what others read: a file is renamed when it is complete. Locks would fail on
    // network file systems without them, and stay with a child process that was started meanwhile.
    try HDF5PropertyList.set("H5Pset_file_locking", at: place) {
      H5Pset_file_locking(access, false, true)
    }
  }

  /// Opening a pipe would block until somebody writes to it.
  private static func checkIsNoPipe(_ path: String, at place: HDF5Place) throws {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else { return }
    throw HDF5Error(.cannotOpen, at: place, "is a pipe; expected a file")
  }

  /// C would cut the path at a zero.
  private static func checkPath(_ path: String, at place: HDF5Place) throws {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw HDF5Error(.invalidName, at: place, "a file path is empty or contains a zero")
    }
  }
}
