/// Why a subcommand stopped, for programs; people read the same sentence on standard error.
public struct ErrorReport: Report, Equatable {
  /// What went wrong.
  public let error: Details

  /// What went wrong, with the data of the sentence apart.
  public struct Details: Sendable, Encodable, Equatable {
    /// The exit code of the command.
    public let code: Int32
    /// The sentence.
    public let message: String
    /// The file, or the place within it; null where there is none.
    public let path: String?
    /// What was there; null where the error is about nothing found.
    public let found: String?
    /// What should have been there; null where that cannot be said.
    public let expected: String?

    enum CodingKeys: String, CodingKey {
      case code, message, path, found, expected
    }

    /// Writes every field, absent ones as null.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(code, forKey: .code)
      try container.encode(message, forKey: .message)
      try container.encode(path, forKey: .path)
      try container.encode(found, forKey: .found)
      try container.encode(expected, forKey: .expected)
    }
  }

  /// Creates a document.
  public init(
    code: Int32, message: String, path: String? = nil, found: String? = nil,
    expected: String? = nil
  ) {
    error = Details(code: code, message: message, path: path, found: found, expected: expected)
  }

  /// The sentence as a line.
  public var text: String { "spectrim: \(error.message.terminalSafe)\n" }
}
