internal import Foundation

/// Which file a path leads to, whatever links stand in between.
struct FileIdentity: Equatable {
  private let device: UInt64
  private let node: UInt64

  /// Whether a path leads to a file with content of its own, not to a device, pipe or socket.
  static func isRegularFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// `nil` if there is no such file.
  init?(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    node = UInt64(status.st_ino)
  }
}
