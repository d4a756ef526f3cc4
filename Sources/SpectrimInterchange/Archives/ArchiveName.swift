internal import SpectrimFormat

/// Names of tensors in archives.
enum ArchiveName {
  /// The name as a path inside a ZIP archive: nothing that unpacking could put elsewhere.
  static func encoded(_ name: String) -> String {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let isPlain =
      parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") }
      && !name.unicodeScalars.contains { $0.value < 0x20 || $0 == "\\" }
    return isPlain ? name : LinkName.encoded(name)
  }

  static func checkUnique(_ names: [String], file: String) throws(InterchangeError) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw InterchangeError(
        .cannotWrite, file: file, "two tensors would be named `\(name)`; rename one of the layers")
    }
  }
}
