/// Reads the Python dictionary in the header of a `.npy` file: the keys `descr`, `fortran_order` and
/// `shape` in any order, each once, and nothing else.
struct NPYDictionary {
  struct Fields {
    var descriptor = ""
    var isFortranOrder = false
    var shape: [Int] = []
  }

  private var rest: ArraySlice<UInt8>
  private let path: String

  init(_ bytes: ArraySlice<UInt8>, path: String) {
    rest = bytes
    self.path = path
  }

  mutating func parse() throws(DataError) -> Fields {
    var fields = Fields()
    var missing: Set = ["descr", "fortran_order", "shape"]
    try expect("{")
    while !accept("}") {
      let key = try text()
      guard missing.remove(key) != nil else {
        throw invalid("key `\(key)`", "`descr`, `fortran_order` and `shape`, each once")
      }
      try expect(":")
      switch key {
      case "descr": fields.descriptor = try descriptor()
      case "fortran_order": fields.isFortranOrder = try truth()
      default: fields.shape = try tuple()
      }
      guard accept(",") || next == UInt8(ascii: "}") else { throw damaged("`,` or `}`") }
    }
    skipSpace()
    guard missing.isEmpty else {
      throw invalid("no key `\(missing.sorted().joined(separator: "`, `"))`", "all three keys")
    }
    guard rest.isEmpty else { throw damaged("the end of the header") }
    return fields
  }

  /// A record type is a list, which is told apart for the sake of its message.
  private mutating func descriptor() throws(DataError) -> String {
    skipSpace()
    if next == UInt8(ascii: "[") { throw invalid("records", "plain numbers") }
    return try text()
  }

  private mutating func truth() throws(DataError) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)] where rest.starts(with: word.utf8) {
      rest.removeFirst(word.utf8.count)
      return value
    }
    throw damaged("`True` or `False`")
  }

  private mutating func tuple() throws(DataError) -> [Int] {
    var sides: [Int] = []
    try expect("(")
    while !accept(")") {
      skipSpace()
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      guard let side = Int(String(decoding: digits, as: UTF8.self)) else {
        throw damaged("a side of the shape")
      }
      rest.removeFirst(digits.count)
      sides.append(side)
      guard accept(",") || next == UInt8(ascii: ")") else { throw damaged("`,` or `)`") }
    }
    return sides
  }

  private mutating func text() throws(DataError) -> String {
    skipSpace()
    guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw damaged("a quoted text")
    }
    rest.removeFirst()
    guard let end = rest.firstIndex(of: quote) else { throw damaged("a closing quote") }
    let text = String(decoding: rest[..<end], as: UTF8.self)
    rest = rest[(end + 1)...]
    return text
  }

  private var next: UInt8? { rest.first }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    skipSpace()
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(DataError) {
    guard accept(character) else { throw damaged("`\(character)`") }
  }

  private mutating func skipSpace() {
    rest = rest.drop { $0 == 32 || (9...13).contains($0) }
  }

  private func damaged(_ expected: String) -> DataError {
    let shown = String(decoding: rest.prefix(12), as: UTF8.self)
    return invalid("`\(shown)` in the header", expected)
  }

  private func invalid(_ found: String, _ expected: String) -> DataError {
    .invalid(path: path, found: found, expected: expected)
  }
}
