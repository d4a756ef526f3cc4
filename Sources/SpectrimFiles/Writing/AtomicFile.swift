internal import Foundation
internal import Synchronization

/// Writes a file so that its name never stands for half of it.
///
/// The content goes to `<target>.partial-<process>` beside the target, is brought to the disk and
/// renamed; until then the target is what it was before. Whoever handles an interrupt calls
/// `removeUnfinished`; a killed process leaves the plainly named partial file behind.
public enum AtomicFile {
  private static let unfinished = Mutex<Set<String>>([])

  /// Removes every partial file of this process.
  public static func removeUnfinished() {
    unfinished.withLock { paths in
      for path in paths { unlink(path) }
      paths.removeAll()
    }
  }

  /// Lets `body` fill a partial file, then gives it its name.
  /// - Throws: `ModelFileError` when the target exists and `overwrite` is false, or cannot be
  ///   written; what `body` throws. The target is then untouched and the partial file gone.
  public static func write(
    _ target: String, overwrite: Bool, _ body: (String) throws -> Void
  ) throws {
    try replace(target, overwrite: overwrite, write: body) { _ in }
  }

  /// Lets `write` fill a partial file and `check` read it again, then gives it its name.
  /// - Throws: `ModelFileError` when the target exists and `overwrite` is false, or cannot be
  ///   written; what the closures throw. The target is then untouched and the partial file gone.
  static func replace(
    _ target: String, overwrite: Bool, write: (String) throws -> Void,
    check: (String) throws -> Void
  ) throws {
    try checkMayBeReplaced(target, overwrite: overwrite)
    let partial = "\(target).partial-\(getpid())"
    _ = unfinished.withLock { $0.insert(partial) }
    defer { _ = unfinished.withLock { $0.remove(partial) } }
    try checkIsWritable(partial, for: target)
    do {
      try write(partial)
      try check(partial)
      try synchronize(partial, for: target)
      guard rename(partial, target) == 0 else { throw failure("cannot be replaced", target) }
    } catch {
      unlink(partial)
      throw error
    }
    try synchronize(URL(filePath: target).deletingLastPathComponent().path, for: target)
  }

  /// Refuses a target that exists, unless it may be overwritten, and always one that is no file: a
  /// rename would put a file in the place of a device.
  private static func checkMayBeReplaced(_ target: String, overwrite: Bool) throws {
    var status = stat()
    guard stat(target, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ModelFileError(.cannotWrite, file: target, "is no regular file; name another target")
    }
    guard overwrite else {
      throw ModelFileError(.exists, file: target, "exists already; pass --force to replace it")
    }
  }

  /// Creates the partial file, so that a target that cannot be written is known before the work.
  private static func checkIsWritable(_ partial: String, for target: String) throws {
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw failure("cannot be written", target) }
    close(descriptor)
  }

  /// Brings a file, or the entries of a folder, to the disk.
  private static func synchronize(_ path: String, for target: String) throws {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { throw failure("cannot be brought to the disk", target) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("cannot be brought to the disk", target) }
  }

  private static func failure(_ text: String, _ target: String) -> ModelFileError {
    ModelFileError(.cannotWrite, file: target, "\(text): \(String(cString: strerror(errno)))")
  }
}
