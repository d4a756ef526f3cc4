/// The element type of a `.npy` file: kind, size and byte order, such as `<f4`.
struct NPYElement: Equatable, CustomStringConvertible {
  enum Kind: Character {
    case unsigned = "u"
    case signed = "i"
    case float = "f"
  }

  let kind: Kind
  let byteCount: Int
  let isBigEndian: Bool

  /// Parses a descriptor; `nil` if it is none of `u1 i1 u2 i2 u4 i4 u8 i8 f2 f4 f8` with a byte
  /// order, or `|` for single bytes.
  init?(_ descriptor: String) {
    let characters = Array(descriptor)
    guard characters.count == 3, let kind = Kind(rawValue: characters[1]),
      let byteCount = characters[2].wholeNumberValue, [1, 2, 4, 8].contains(byteCount),
      byteCount > 1 || kind != .float,
      characters[0] == "<" || characters[0] == ">" || (characters[0] == "|" && byteCount == 1)
    else { return nil }
    self.kind = kind
    self.byteCount = byteCount
    isBigEndian = characters[0] == ">"
  }

  var isInteger: Bool { kind != .float }

  var description: String {
    (byteCount == 1 ? "|" : isBigEndian ? ">" : "<") + "\(kind.rawValue)\(byteCount)"
  }

  /// The elements as floats.
  func floats(_ bytes: [UInt8], count: Int) -> [Float] {
    switch (kind, byteCount) {
    case (.unsigned, 1): bytes.map { Float($0) }
    case (.signed, 1): bytes.map { Float(Int8(bitPattern: $0)) }
    case (.unsigned, 2): words(bytes, UInt16.self) { Float($0) }
    case (.signed, 2): words(bytes, UInt16.self) { Float(Int16(bitPattern: $0)) }
    case (.unsigned, 4): words(bytes, UInt32.self) { Float($0) }
    case (.signed, 4): words(bytes, UInt32.self) { Float(Int32(bitPattern: $0)) }
    case (.unsigned, _): words(bytes, UInt64.self) { Float($0) }
    case (.signed, _): words(bytes, UInt64.self) { Float(Int64(bitPattern: $0)) }
    case (.float, 2): words(bytes, UInt16.self) { Float(Float16(bitPattern: $0)) }
    case (.float, 4): words(bytes, UInt32.self) { Float(bitPattern: $0) }
    case (.float, _): words(bytes, UInt64.self) { Float(Double(bitPattern: $0)) }
    }
  }

  private func words<Word: FixedWidthInteger>(
    _ bytes: [UInt8], _ type: Word.Type, _ value: (Word) -> Float
  ) -> [Float] {
    stride(from: 0, to: bytes.count, by: byteCount).map { start in
      var word: Word = 0
      for index in 0..<byteCount {
        word = word << 8 | Word(bytes[start + (isBigEndian ? index : byteCount - 1 - index)])
      }
      return value(word)
    }
  }
}
