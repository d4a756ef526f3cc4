/// Why a file of another program could not be read or written.
public struct InterchangeError: Error, Sendable, Equatable {
  /// What kind of failure it is, for exit codes.
  public enum Code: String, Sendable, CaseIterable {
    /// The file is missing, or the system cannot read it.
    case cannotRead
    /// The file is damaged or breaks the rules of its format.
    case invalid
    /// The file is sound, but holds what Spectrim does not take.
    case unsupported
    /// The file does not say what is needed; the message names the option that does.
    case ambiguous
    /// The target cannot be written.
    case cannotWrite
  }

  /// What kind of failure it is.
  public let code: Code
  /// The file.
  public let file: String
  /// What was wrong, with the place inside the file and the remedy where there is one.
  public let message: String
  /// What stands in the file, where that can be said in a word.
  public let found: String?
  /// What should stand there, where that can be said in a word.
  public let expected: String?

  /// Creates an error.
  public init(
    _ code: Code, file: String, _ message: String, found: String? = nil, expected: String? = nil
  ) {
    self.code = code
    self.file = file
    self.message = Self.shortened(message)
    self.found = found
    self.expected = expected
  }
}

extension InterchangeError {
  /// Names and shapes in a message come from the file and may have any length.
  private static func shortened(_ message: String) -> String {
    guard message.utf8.count > largestByteCount else { return message }
    return "\(message.prefix(largestByteCount / 8)) … \(message.suffix(largestByteCount / 16))"
  }

  /// Far above any message of ours about a sound name.
  private static let largestByteCount = 4096
}

extension InterchangeError: CustomStringConvertible {
  /// File, place, found, expected and remedy in one line.
  public var description: String { "\(file): \(message)" }
}
