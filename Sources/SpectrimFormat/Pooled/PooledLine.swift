/// The right side of a line of the pooled index.
enum PooledLine {
  case fact(FormatNode.Fact)
  case tensor(PooledPlace)

  /// Reads a value or the place of a tensor.
  init(_ text: String, line: Substring) throws(FormatError) {
    if text.hasPrefix("@") {
      guard let place = PooledPlace(text.dropFirst()) else { throw Self.broken(line) }
      self = .tensor(place)
    } else if let fact = FormatNode.Fact(text: text) {
      self = .fact(fact)
    } else {
      throw Self.broken(line)
    }
  }

  /// A line that follows no rule.
  static func broken(_ line: Substring) -> FormatError {
    FormatError(
      at: "/\(FormatName.pool)/\(FormatName.poolIndex)",
      .outOfRange(
        "line `\(line.prefix(80))`, expected `/input`, `/layers/<name>…` or `<name>=<value>`, "
          + "each once"))
  }
}
