internal import Foundation

/// Which file a path leads to, whatever links stand in between.
struct FileIdentity: Equatable {
  private let device: UInt64
  private let node: UInt64

  /// `nil` if there is no such file.
  init?(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    node = UInt64(status.st_ino)
  }
}
