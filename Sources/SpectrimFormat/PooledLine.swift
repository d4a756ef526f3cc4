/// The right side of a line of the pooled index.
enum PooledLine {
  case fact(FormatNode.Fact)
  case tensor(PooledPlace)

  /// Words, integers, lists of integers and real numbers cannot be taken for one another: a real
  /// number always has a point or an exponent, a list its brackets.
  static func text(of fact: FormatNode.Fact) -> String {
    switch fact {
    case .text(let text): text
    case .integer(let value): "\(value)"
    case .integers(let values): "[\(values.map(String.init).joined(separator: " "))]"
    case .real(let value): "\(value)"
    case .texts: preconditionFailure("neither the input nor a layer has a list of texts")
    }
  }

  /// Reads a value or the place of a tensor.
  init(_ text: String, line: Substring) throws(FormatError) {
    if text.hasPrefix("@") {
      self = .tensor(try PooledPlace(text.dropFirst(), line: line))
    } else if text.hasPrefix("["), text.hasSuffix("]") {
      let words = text.dropFirst().dropLast().split(separator: " ")
      let values = words.compactMap { Int($0) }
      guard values.count == words.count else { throw Self.broken(line) }
      self = .fact(.integers(values))
    } else if let value = Int(text) {
      self = .fact(.integer(value))
    } else if let value = Double(text) {
      self = .fact(.real(value))
    } else {
      self = .fact(.text(text))
    }
  }

  /// A line that follows no rule.
  static func broken(_ line: Substring) -> FormatError {
    FormatError(
      at: "/\(FormatName.pool)/\(FormatName.poolIndex)",
      .outOfRange(
        "line `\(line.prefix(80))`, expected `/input/…=<value>` or `/layers/<name>/…=<value>`, "
          + "each once"))
  }
}
