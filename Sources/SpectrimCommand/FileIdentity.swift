internal import Foundation

/// Which file a path leads to, whatever links stand in between.
struct FileIdentity: Equatable {
  private let device: UInt64
  private let node: UInt64
  /// Whether it is a file with content of its own, not a folder, device or pipe.
  let isRegularFile: Bool

  /// `nil` if there is no such file.
  init?(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    node = UInt64(status.st_ino)
    isRegularFile = status.st_mode & S_IFMT == S_IFREG
  }
}
