/// What a subcommand found, as one document for programs and as text for people.
public protocol Report: Encodable, Sendable {
  /// Lines for a terminal; names in it are harmless.
  var text: String { get }
}

extension Report {
  /// The document with sorted keys, one field per line, ending in a line end.
  /// - Throws: `EncodingError` when a number is not finite.
  public func json() throws -> String { try JSONText.encode(self) }
}
