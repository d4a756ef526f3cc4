internal import Foundation

/// Reads a whole file; the only place of this module that opens one.
func fileBytes(
  _ path: String, remedy: String = "check the path"
) throws(DataError) -> [UInt8] {
  var isDirectory: ObjCBool = false
  guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
    throw .missing(path: path, remedy: remedy)
  }
  guard !isDirectory.boolValue else {
    throw .unreadable(path: path, reason: "a folder; expected a file")
  }
  do {
    return [UInt8](try Data(contentsOf: URL(filePath: path)))
  } catch {
    throw .unreadable(path: path, reason: "cannot be read; check its permissions")
  }
}

/// Whether a file is there.
func fileExists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
