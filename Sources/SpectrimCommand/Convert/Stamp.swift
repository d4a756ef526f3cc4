internal import Foundation

/// The text of `--stamp`: when, where and how, which files leave out otherwise so that they are
/// reproducible.
enum Stamp {
  static func text() -> String {
    let date = Date.now.formatted(.iso8601)
    let words = CommandLine.arguments.joined(separator: " ")
    return "\(date) on \(ProcessInfo.processInfo.hostName): \(words)"
  }
}
