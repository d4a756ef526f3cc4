import Foundation
import SpectrimData
import SpectrimTestSupport

/// Writes the bytes of a test file and gives its path.
func write(_ bytes: [UInt8], _ name: String, in folder: TemporaryDirectory) throws -> String {
  try Data(bytes).write(to: folder.url.appending(path: name))
  return folder.path(name)
}

/// The text of the error without the folder, or `no error`.
func message(in folder: TemporaryDirectory, _ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)".replacing(folder.url.path + "/", with: "")
  }
}

/// One way in which a file can be broken, with the text of its error.
struct Defect: Sendable {
  /// A Python expression that gives the bytes.
  var expression = ""
  /// The bytes themselves.
  var bytes: [UInt8] = []
  /// What the error says after the name of the file.
  let message: String
}
