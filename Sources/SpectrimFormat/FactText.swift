/// Facts of the input and of layers as the right side of a line of text.
extension FormatNode.Fact {
  /// Words, integers, lists of integers and real numbers cannot be taken for one another: a real
  /// number always has a point or an exponent, a list its brackets.
  package var text: String {
    switch self {
    case .text(let text): text
    case .integer(let value): "\(value)"
    case .integers(let values): "[\(values.map(String.init).joined(separator: " "))]"
    case .real(let value): "\(value)"
    case .texts: preconditionFailure("neither the input nor a layer has a list of texts")
    }
  }

  /// Reads a value; `nil` when a list has something else than integers.
  package init?(text: String) {
    if text.hasPrefix("["), text.hasSuffix("]") {
      let words = text.dropFirst().dropLast().split(separator: " ")
      let values = words.compactMap { Int($0) }
      guard values.count == words.count else { return nil }
      self = .integers(values)
    } else if let value = Int(text) {
      self = .integer(value)
    } else if let value = Double(text) {
      self = .real(value)
    } else {
      self = .text(text)
    }
  }
}
