/// The right side of a line of the pooled index.
enum PooledLine {
  case fact(FormatNode.Fact)
  case tensor(Tensor)

  /// Where a tensor stands: `@int8 0 500 30`.
  struct Place {
    let type: TensorType
    let offset: Int
    let shape: [Int]

    var text: String {
      "@\(type.rawValue) \(([offset] + shape).map(String.init).joined(separator: " "))"
    }
  }

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

  /// Reads a value and, for a tensor, its elements.
  init(_ text: String, line: Substring, pools: [TensorType: [UInt8]]) throws(FormatError) {
    if text.hasPrefix("@") {
      self = .tensor(try Self.tensor(text.dropFirst(), line: line, pools: pools))
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

  private static func tensor(
    _ text: Substring, line: Substring, pools: [TensorType: [UInt8]]
  ) throws(FormatError) -> Tensor {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    let numbers = words.dropFirst().compactMap { Int($0) }
    guard let type = TensorType(rawValue: String(words[0])), numbers.count == words.count - 1,
      (2...3).contains(numbers.count), numbers.allSatisfy({ $0 >= 0 })
    else { throw broken(line) }
    guard let pool = pools[type] else {
      throw FormatError(at: "/\(FormatName.pool)", .missing(type.rawValue))
    }
    let shape = Array(numbers.dropFirst())
    let count = pool.count / type.byteCount
    guard let byteCount = Tensor.byteCount(type, shape), numbers[0] <= count,
      byteCount / type.byteCount <= count - numbers[0]
    else {
      throw FormatError(
        at: "/\(FormatName.pool)/\(FormatName.poolIndex)",
        .outOfRange("`\(line.prefix(80))` reaches outside its pool of \(count) elements"))
    }
    let start = numbers[0] * type.byteCount
    return Tensor(type: type, shape: shape, bytes: Array(pool[start..<start + byteCount]))
  }

  /// The bytes of a tensor.
  var byteCount: Int {
    if case .tensor(let tensor) = self { tensor.bytes.count } else { 0 }
  }

  /// A line that is well-formed and wrong all the same.
  static func refused(_ line: Substring, _ problem: String) -> FormatError {
    FormatError(
      at: "/\(FormatName.pool)/\(FormatName.poolIndex)",
      .outOfRange("line `\(line.prefix(80))` \(problem)"))
  }

  /// A line that follows no rule.
  static func broken(_ line: Substring) -> FormatError {
    FormatError(
      at: "/\(FormatName.pool)/\(FormatName.poolIndex)",
      .outOfRange(
        "line `\(line.prefix(80))`, expected `/input/…=<value>` or `/layers/<name>/…=<value>`"))
  }
}
