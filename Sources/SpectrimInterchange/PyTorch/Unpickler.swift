/// Runs the program of a pickle with plain data only.
///
/// A pickle is a program for a stack machine that may import and call anything; this machine knows
/// the calls of `PickleGlobals` alone and builds values without behaviour. Stack and memo are bounded,
/// and the heap grows by at most one value per byte of the pickle.
/// - Source: CPython's `Lib/pickletools.py`, protocols 2 to 5.
struct Unpickler {
  private enum Item {
    case mark
    case value(PickleValue)
  }

  /// Lists and dictionaries, which values name by number: a container can then hold itself without
  /// a cycle in memory.
  private(set) var lists: [[PickleValue]] = []
  private(set) var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
  var reader: PickleReader
  private var stack: [Item] = []
  private var memo: [Int: PickleValue] = [:]
  let file: String

  init(_ bytes: [UInt8], file: String) {
    reader = PickleReader(bytes, file: file)
    self.file = file
  }

  /// Runs to the end of the pickle.
  /// - Throws: `InterchangeError` when it is damaged, or needs what is refused.
  mutating func run() throws(InterchangeError) -> PickleValue {
    while stack.count <= Self.stackLimit, memo.count <= Self.memoLimit {
      let code = try reader.byte()
      if code == UInt8(ascii: ".") { return try pop() }
      try step(code)
    }
    throw damaged(
      "keeps more than \(stack.count > Self.stackLimit ? stack.count - 1 : memo.count - 1) values")
  }

  /// Python's pickler writes items in batches of 1000.
  private static let stackLimit = 1 << 16
  /// About ten values are remembered per tensor.
  private static let memoLimit = 1 << 20
  /// The arguments of a parameter hold those of a tensor, which hold those of a storage.
  private static let tupleDepthLimit = 64

  private mutating func step(_ code: UInt8) throws(InterchangeError) {
    switch code {
    case 0x80: try checkProtocol()
    case 0x95: _ = try reader.bytes(8)
    case UInt8(ascii: "("): stack.append(.mark)
    case UInt8(ascii: "0"): _ = stack.popLast()
    case UInt8(ascii: "c"): try pushGlobal(module: try reader.line(), name: try reader.line())
    case 0x93: try pushNamedGlobal()
    case UInt8(ascii: "R"): try reduce()
    case UInt8(ascii: "b"): try build()
    case UInt8(ascii: "Q"): push(try storage(try pop()))
    case UInt8(ascii: "q"): try remember(Int(try reader.byte()))
    case UInt8(ascii: "r"): try remember(try reader.integer(byteCount: 4))
    case 0x94: try remember(memo.count)
    case UInt8(ascii: "h"): try recall(Int(try reader.byte()))
    case UInt8(ascii: "j"): try recall(try reader.integer(byteCount: 4))
    default:
      if try pushScalar(code) { return }
      guard try pushContainer(code) else { throw refused("its pickle has operation \(code)") }
    }
  }

  /// Numbers, texts and constants.
  private mutating func pushScalar(_ code: UInt8) throws(InterchangeError) -> Bool {
    switch code {
    case UInt8(ascii: "N"): push(.none)
    case 0x88: push(.boolean(true))
    case 0x89: push(.boolean(false))
    case UInt8(ascii: "K"): push(.integer(Int(try reader.byte())))
    case UInt8(ascii: "M"): push(.integer(try reader.integer(byteCount: 2)))
    case UInt8(ascii: "J"): push(.integer(try reader.signedInteger(byteCount: 4)))
    case 0x8A: push(.integer(try reader.signedInteger(byteCount: Int(try reader.byte()))))
    case UInt8(ascii: "G"): push(.real(try reader.real()))
    case UInt8(ascii: "X"): push(.text(try reader.text(try reader.integer(byteCount: 4))))
    case 0x8C: push(.text(try reader.text(Int(try reader.byte()))))
    case 0x8D: push(.text(try reader.text(try reader.integer(byteCount: 8))))
    default: return false
    }
    return true
  }

  private mutating func pushContainer(_ code: UInt8) throws(InterchangeError) -> Bool {
    switch code {
    case UInt8(ascii: ")"): try pushTuple([])
    case 0x85, 0x86, 0x87:
      var elements: [PickleValue] = []
      for _ in 0..<code - 0x84 { elements.insert(try pop(), at: 0) }
      try pushTuple(elements)
    case UInt8(ascii: "t"): try pushTuple(try popToMark())
    case UInt8(ascii: "]"): push(newList([]))
    case UInt8(ascii: "l"): push(newList(try popToMark()))
    case UInt8(ascii: "}"): push(newDictionary())
    case UInt8(ascii: "a"): try append([try pop()])
    case UInt8(ascii: "e"): try append(try popToMark())
    case UInt8(ascii: "s"):
      let value = try pop()
      try setItems([try pop(), value])
    case UInt8(ascii: "u"): try setItems(try popToMark())
    default: return false
    }
    return true
  }
}

/// The stack, the memo and the heap.
extension Unpickler {
  mutating func push(_ value: PickleValue) { stack.append(.value(value)) }

  mutating func pop() throws(InterchangeError) -> PickleValue {
    guard case .value(let value) = stack.popLast() else {
      throw damaged("takes from an empty stack")
    }
    return value
  }

  private mutating func popToMark() throws(InterchangeError) -> [PickleValue] {
    var values: [PickleValue] = []
    while case .value(let value) = stack.last {
      values.append(value)
      stack.removeLast()
    }
    guard stack.popLast() != nil else { throw damaged("takes from an empty stack") }
    return values.reversed()
  }

  private mutating func pushTuple(_ elements: [PickleValue]) throws(InterchangeError) {
    let tuple = PickleTuple(elements)
    guard tuple.depth <= Self.tupleDepthLimit else {
      throw damaged("has tuples in tuples more than \(Self.tupleDepthLimit) deep")
    }
    push(.tuple(tuple))
  }

  func top() throws(InterchangeError) -> PickleValue {
    guard case .value(let value) = stack.last else { throw damaged("takes from an empty stack") }
    return value
  }

  private mutating func remember(_ index: Int) throws(InterchangeError) { memo[index] = try top() }

  private mutating func recall(_ index: Int) throws(InterchangeError) {
    guard let value = memo[index] else { throw damaged("recalls value \(index), which it has not") }
    push(value)
  }

  private mutating func newList(_ elements: [PickleValue]) -> PickleValue {
    lists.append(elements)
    return .list(lists.count - 1)
  }

  mutating func newDictionary() -> PickleValue {
    dictionaries.append([])
    return .dictionary(dictionaries.count - 1)
  }

  private mutating func append(_ values: [PickleValue]) throws(InterchangeError) {
    guard case .list(let index) = try top() else { throw damaged("appends to what is no list") }
    lists[index] += values
  }

  private mutating func setItems(_ values: [PickleValue]) throws(InterchangeError) {
    guard case .dictionary(let index) = try top(), values.count % 2 == 0 else {
      throw damaged("sets items of what is no dictionary")
    }
    for place in stride(from: 0, to: values.count, by: 2) {
      dictionaries[index].append((values[place], values[place + 1]))
    }
  }
}
