internal import Foundation
internal import SpectrimFiles

extension Destination {
  /// Writes a text in one step, so that the name never stands for half of it.
  /// - Throws: `ModelFileError`.
  func write(_ text: String) throws {
    do { try Data(text.utf8).write(to: URL(filePath: path), options: .atomic) } catch {
      throw ModelFileError(
        .cannotWrite, file: path, "cannot be written: \(error.localizedDescription)")
    }
  }
}
