internal import Foundation

/// Where a file goes that is only to be measured.
enum ScratchFolder {
  /// Gives the path of the destination, or, without one, that of a file that is removed in the end.
  static func with<Value>(
    _ destination: Destination?, _ body: (_ path: String, _ overwrite: Bool) throws -> Value
  ) throws -> Value {
    if let destination { return try body(destination.path, destination.force) }
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "spectrim-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.appending(path: "dry-run.h5").path, false)
  }
}
