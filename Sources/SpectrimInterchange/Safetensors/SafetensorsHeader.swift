internal import SpectrimCore

/// The header of a safetensors file, checked as a whole: its tensors fill the file without a gap.
/// - Source: `safetensors/src/tensor.rs` and the README of huggingface/safetensors.
struct SafetensorsHeader {
  /// A tensor and where its bytes stand in the file.
  struct Part {
    let entry: CheckpointEntry
    let range: Range<Int>
  }

  /// The largest header that the reference implementation reads.
  static let largestByteCount = 100_000_000

  /// The tensors by their place in the file.
  let parts: [Part]
  /// What `__metadata__` says.
  let metadata: [String: String]

  init(of file: PositionedFile) throws(InterchangeError) {
    guard file.byteCount >= 8 else {
      throw Self.invalid(file, "\(file.byteCount) bytes; expected a header")
    }
    let length = try file.read(0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= Self.largestByteCount else {
      throw Self.invalid(
        file, "a header of \(length) bytes; expected at most \(Self.largestByteCount)")
    }
    let start = 8 + Int(length)
    guard start <= file.byteCount else {
      throw Self.invalid(file, "a header of \(length) bytes in a file of \(file.byteCount)")
    }
    let text = try file.read(8..<start)
    guard text.first == UInt8(ascii: "{"),
      case .object(let members, let order) = try StrictJSON.value(text, file: file.path)
    else { throw Self.invalid(file, "the header is no JSON object; expected `{`") }
    metadata = try Self.metadata(members["__metadata__"], file)
    var parts: [Part] = []
    for name in order where name != "__metadata__" {
      parts.append(try Self.part(name, members[name], start: start, file))
    }
    // An empty tensor shares its place with the next one and comes first.
    self.parts = parts.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    try Self.checkFilled(self.parts, start..<file.byteCount, file)
  }

  private static func metadata(
    _ value: JSONValue?, _ file: PositionedFile
  ) throws(InterchangeError) -> [String: String] {
    guard let value else { return [:] }
    guard case .object(let members, _) = value else {
      throw invalid(file, "`__metadata__` is no object; expected texts by name")
    }
    var texts: [String: String] = [:]
    for (key, value) in members {
      guard case .text(let text) = value else {
        throw invalid(file, "`__metadata__` has no text for `\(key)`; expected texts only")
      }
      texts[key] = text
    }
    return texts
  }

  private static func part(
    _ name: String, _ value: JSONValue?, start: Int, _ file: PositionedFile
  ) throws(InterchangeError) -> Part {
    guard case .object(let members, _) = value, members.count == 3,
      case .text(let word) = members["dtype"], let shape = integers(members["shape"]),
      let offsets = integers(members["data_offsets"]), offsets.count == 2
    else {
      throw invalid(file, "tensor `\(name)` lacks `dtype`, `shape` or `data_offsets`, or has more")
    }
    guard let type = ScalarType(safetensors: word) else {
      throw InterchangeError(
        .unsupported, file: file.path,
        "tensor `\(name)` has dtype \(word), which is not read; save it as F32, F16 or BF16",
        found: word, expected: "BOOL, integers, F16, BF16, F32 or F64")
    }
    guard let byteCount = countedBytes(shape, type) else {
      throw invalid(file, "tensor `\(name)` has shape \(shape), which cannot be counted")
    }
    let (begin, end) = (offsets[0], offsets[1])
    guard begin >= 0, begin <= end, end <= file.byteCount - start else {
      throw invalid(file, "tensor `\(name)` has offsets \(offsets) outside the file")
    }
    guard end - begin == byteCount else {
      throw invalid(
        file,
        "tensor `\(name)` has \(end - begin) bytes; expected \(byteCount) for \(word) \(shape)")
    }
    return Part(
      entry: CheckpointEntry(name: name, type: type, shape: shape),
      range: start + begin..<start + end)
  }

  private static func checkFilled(
    _ parts: [Part], _ buffer: Range<Int>, _ file: PositionedFile
  ) throws(InterchangeError) {
    var end = buffer.lowerBound
    for part in parts {
      guard part.range.lowerBound >= end else {
        throw invalid(file, "tensor `\(part.entry.name)` overlaps the one before it")
      }
      guard part.range.lowerBound == end else {
        throw invalid(
          file,
          "\(part.range.lowerBound - end) bytes before tensor `\(part.entry.name)` belong to none")
      }
      end = part.range.upperBound
    }
    guard end == buffer.upperBound else {
      throw invalid(
        file, "\(buffer.upperBound - end) bytes behind the last tensor; expected the end")
    }
  }

  private static func integers(_ value: JSONValue?) -> [Int]? {
    guard let elements = value?.list else { return nil }
    let integers = elements.compactMap { element -> Int? in
      if case .integer(let value) = element { value } else { nil }
    }
    return integers.count == elements.count ? integers : nil
  }

  private static func invalid(_ file: PositionedFile, _ message: String) -> InterchangeError {
    InterchangeError(.invalid, file: file.path, message)
  }
}

/// The words of safetensors for our types.
extension ScalarType {
  init?(safetensors word: String) {
    guard let type = Self.allCases.first(where: { $0.safetensorsWord == word }) else { return nil }
    self = type
  }

  var safetensorsWord: String {
    switch self {
    case .bool: "BOOL"
    case .uint8: "U8"
    case .int8: "I8"
    case .int16: "I16"
    case .uint16: "U16"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .int32: "I32"
    case .uint32: "U32"
    case .float32: "F32"
    case .float64: "F64"
    case .int64: "I64"
    case .uint64: "U64"
    }
  }

  /// Where the type stands in the order in which the reference implementation writes tensors: the
  /// widest first, so that all of them are aligned.
  var safetensorsRank: Int {
    let order: [ScalarType] = [
      .bool, .uint8, .int8, .int16, .uint16, .float16, .bfloat16, .int32, .uint32, .float32,
      .float64, .int64, .uint64,
    ]
    return order.firstIndex(of: self) ?? 0
  }
}
