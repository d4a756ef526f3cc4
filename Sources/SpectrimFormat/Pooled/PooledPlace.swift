internal import SpectrimCore

/// Where a tensor stands in a pool: `@int8[500 30]`, `@int8+1500[500]`, `@zigzag8[500 30]^T`.
///
/// The pool; the first element, unless it is where the tensors of the lines before end in that pool;
/// the sides; and whether a matrix stands there column by column.
struct PooledPlace: Equatable {
  let pool: TensorPool
  /// The first element; `nil` where the tensors before end.
  let offset: Int?
  let shape: [Int]
  let isTransposed: Bool

  init(_ pool: TensorPool, offset: Int?, shape: [Int], isTransposed: Bool) {
    (self.pool, self.offset, self.shape) = (pool, offset, shape)
    self.isTransposed = isTransposed
  }

  var text: String {
    let start = offset.map { "+\($0)" } ?? ""
    let sides = shape.map(String.init).joined(separator: " ")
    return "@\(pool.rawValue)\(start)[\(sides)]\(isTransposed ? Self.transposedMark : "")"
  }

  private static let transposedMark = "^T"

  /// Reads what follows the `@` of a line, also as version 1.0 wrote it: `int8 0 500 30`.
  init?(_ text: Substring) {
    guard let bracket = text.firstIndex(of: "[") else {
      self.init(versionOne: text)
      return
    }
    var sides = text[text.index(after: bracket)...]
    let isTransposed = sides.hasSuffix(Self.transposedMark)
    if isTransposed { sides = sides.dropLast(Self.transposedMark.count) }
    let head = text[..<bracket].split(
      separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
    guard let pool = TensorPool(rawValue: String(head[0])), sides.popLast() == "]",
      let shape = Self.numbers(sides), (1...2).contains(shape.count),
      // Elements of several bytes would come apart.
      !isTransposed || shape.count == 2 && pool.tensorType.byteCount == 1
    else { return nil }
    var offset: Int?
    if head.count == 2 {
      guard let numbers = Self.numbers(head[1]), numbers.count == 1 else { return nil }
      offset = numbers[0]
    }
    self.init(pool, offset: offset, shape: shape, isTransposed: isTransposed)
  }

  private init?(versionOne text: Substring) {
    let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard words.count == 2, let pool = TensorPool(rawValue: String(words[0])), pool != .zigzag8,
      let numbers = Self.numbers(words[1]), (2...3).contains(numbers.count)
    else { return nil }
    self.init(pool, offset: numbers[0], shape: Array(numbers.dropFirst()), isTransposed: false)
  }

  /// Whole numbers with a space between, none below 0.
  private static func numbers(_ text: Substring) -> [Int]? {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    let numbers = words.compactMap { Int($0) }
    return numbers.count == words.count && numbers.allSatisfy({ $0 >= 0 }) ? numbers : nil
  }
}
