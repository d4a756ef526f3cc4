public import Foundation

/// Expected output that is kept in files, so that a change of it shows in a review.
///
/// With `SPECTRIM_RECORD_GOLDEN` set the files are written anew, and every comparison fails, so that
/// a recording can never pass as a test.
public enum Golden {
  /// Compares a text with a file and returns `nil` if they are equal, else what is different.
  public static func difference(of text: String, from file: URL) throws -> String? {
    if ProcessInfo.processInfo.environment["SPECTRIM_RECORD_GOLDEN"] != nil {
      try Data(text.utf8).write(to: file)
      return "recorded \(file.lastPathComponent); run again without SPECTRIM_RECORD_GOLDEN"
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    guard expected != text else { return nil }
    let lines = zip(
      expected.split(separator: "\n", omittingEmptySubsequences: false),
      text.split(separator: "\n", omittingEmptySubsequences: false))
    let (number, pair) = lines.enumerated().first { $1.0 != $1.1 } ?? (0, ("(length)", "(length)"))
    return "\(file.lastPathComponent) line \(number + 1): expected `\(pair.0)`, got `\(pair.1)`"
  }
}
