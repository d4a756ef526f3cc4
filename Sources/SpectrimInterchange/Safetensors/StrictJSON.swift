/// A value of JSON, with the order of its members.
enum JSONValue: Equatable {
  case object([String: JSONValue], order: [String])
  case array([JSONValue])
  case string(String)
  case integer(Int)
  /// A finite number that is no `Int`.
  case real(Double)
  case flag(Bool)
  case null
}

/// Reads JSON and refuses what other readers let pass: a key that stands twice, of which most keep
/// the last.
struct StrictJSON {
  private let bytes: [UInt8]
  private let file: String
  private let depthLimit: Int
  private var offset = 0

  /// Reads a text of one value, with nothing but spaces behind it.
  /// - Parameter depthLimit: How deep values may stand in each other; recursion ends here. Headers
  ///   of safetensors are far below the default.
  /// - Throws: `InterchangeError.invalid` with the place of the first defect.
  /// - Complexity: Linear in the length of the text, whatever is in it.
  static func value(
    _ bytes: [UInt8], depthLimit: Int = 16, file: String
  ) throws(InterchangeError) -> JSONValue {
    var parser = StrictJSON(bytes, depthLimit: depthLimit, file: file)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.offset == bytes.count else { throw parser.damaged("nothing more") }
    return value
  }

  private init(_ bytes: [UInt8], depthLimit: Int, file: String) {
    (self.bytes, self.depthLimit, self.file) = (bytes, depthLimit, file)
  }

  private mutating func value(depth: Int) throws(InterchangeError) -> JSONValue {
    guard depth < depthLimit else { throw damaged("at most \(depthLimit) levels") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    default: return try scalar()
    }
  }

  private mutating func object(depth: Int) throws(InterchangeError) -> JSONValue {
    var (members, order): ([String: JSONValue], [String]) = ([:], [])
    offset += 1
    if accept("}") { return .object([:], order: []) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw damaged("a quoted key") }
      let key = try string()
      guard members[key] == nil else {
        throw InterchangeError(
          .invalid, file: file, "key `\(key.prefix(80))` stands twice in one object")
      }
      guard accept(":") else { throw damaged("`:`") }
      members[key] = try value(depth: depth + 1)
      order.append(key)
    } while accept(",")
    guard accept("}") else { throw damaged("`,` or `}`") }
    return .object(members, order: order)
  }

  private mutating func array(depth: Int) throws(InterchangeError) -> JSONValue {
    var elements: [JSONValue] = []
    offset += 1
    if accept("]") { return .array([]) }
    repeat { elements.append(try value(depth: depth + 1)) } while accept(",")
    guard accept("]") else { throw damaged("`,` or `]`") }
    return .array(elements)
  }

  /// A number or one of three words.
  private mutating func scalar() throws(InterchangeError) -> JSONValue {
    let start = offset
    while let byte = next, !" \t\r\n,:]}".utf8.contains(byte) { offset += 1 }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    switch text {
    case "true": return .flag(true)
    case "false": return .flag(false)
    case "null": return .null
    default: break
    }
    guard let number = Self.number(text) else {
      offset = start
      throw damaged("a value")
    }
    return number
  }

  private static func number(_ text: String) -> JSONValue? {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard digits.first?.isASCIIDigit == true,
      digits.allSatisfy({ $0.isASCIIDigit || "+-.eE".contains($0) })
    else { return nil }
    if let integer = Int(text) { return .integer(integer) }
    guard let real = Double(text), real.isFinite else { return nil }
    return .real(real)
  }

  private mutating func string() throws(InterchangeError) -> String {
    var text: [UInt8] = []
    offset += 1
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw damaged("no control character in a string") }
      offset += 1
      if byte == UInt8(ascii: "\\") {
        text.append(contentsOf: try escape())
      } else {
        text.append(byte)
      }
    }
    guard next != nil else { throw damaged("a closing quote") }
    offset += 1
    guard let valid = String(validating: text, as: UTF8.self) else {
      throw damaged("a string of UTF-8 in front")
    }
    return valid
  }

  private mutating func escape() throws(InterchangeError) -> [UInt8] {
    guard let byte = next else { throw damaged("an escape") }
    offset += 1
    switch byte {
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "u"): return Array(String(Character(try unicode())).utf8)
    default: throw damaged("a known escape")
    }
  }

  /// `\uXXXX`, two of them for what lies beyond 16 bits.
  private mutating func unicode() throws(InterchangeError) -> Unicode.Scalar {
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, accept("\\"), accept("u") else { throw damaged("a surrogate pair") }
    let second = try hexadecimal()
    guard 0xDC00...0xDFFF ~= second,
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw damaged("a surrogate pair in front") }
    return scalar
  }

  private mutating func hexadecimal() throws(InterchangeError) -> UInt32 {
    let digits = bytes[offset...].prefix(4)
    let text = String(decoding: digits, as: UTF8.self)
    guard digits.count == 4, text.allSatisfy(\.isHexDigit), let value = UInt32(text, radix: 16)
    else { throw damaged("four hexadecimal digits") }
    offset += 4
    return value
  }

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, " \t\r\n".utf8.contains(byte) { offset += 1 }
  }

  private func damaged(_ expected: String) -> InterchangeError {
    let shown = String(decoding: bytes[offset...].prefix(12), as: UTF8.self)
    return InterchangeError(
      .invalid, file: file,
      "broken JSON at byte \(offset): found \(shown.isEmpty ? "the end" : "`\(shown)`"), expected \(expected)"
    )
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
