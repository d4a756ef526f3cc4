internal import Foundation
internal import SpectrimFiles

/// A file that is to be written, checked before the work rather than after it.
struct Destination {
  let path: String
  let force: Bool

  /// Whether a path leads to this file, even if neither is there yet.
  func isSameFile(as other: String) -> Bool {
    let (file, otherFile) = (URL(filePath: path), URL(filePath: other))
    return file.lastPathComponent == otherFile.lastPathComponent
      && FileIdentity(of: file.deletingLastPathComponent().path)
        == FileIdentity(of: otherFile.deletingLastPathComponent().path)
  }

  /// Refuses what the writer would refuse later, and every input, even with `force`.
  func check(inputs: [String] = []) throws {
    guard !path.isEmpty else { throw Failure(.usage, "an empty path; name a file to write") }
    if let identity = FileIdentity(of: path),
      let input = inputs.first(where: { FileIdentity(of: $0) == identity })
    {
      throw Failure(
        .cannotWrite, "\(path): is the input \(input); write to another file", path: path)
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
      guard !isFolder.boolValue else {
        throw Failure(.cannotWrite, "\(path): is a folder; name a file", path: path)
      }
      // A file is put in place of what has its name, which would be the end of a device.
      guard FileIdentity(of: path)?.isRegularFile == true else {
        throw Failure(
          .cannotWrite, "\(path): is a device or pipe; name a file", path: path)
      }
      guard force else {
        throw ModelFileError(.exists, file: path, "exists already; pass --force to replace it")
      }
    }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    guard access(folder, W_OK) == 0 else {
      let reason = String(cString: strerror(errno))
      throw ModelFileError(.cannotWrite, file: path, "cannot be written: \(reason)")
    }
  }
}
