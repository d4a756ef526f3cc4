internal import SpectrimCore

/// Where a tensor stands in its pool, `@int8 0 500 30`: the pool, the first element, the sides.
struct PooledPlace {
  let type: ScalarType
  let offset: Int
  let shape: [Int]

  var text: String {
    "@\(type.rawValue) \(([offset] + shape).map(String.init).joined(separator: " "))"
  }

  init(type: ScalarType, offset: Int, shape: [Int]) {
    (self.type, self.offset, self.shape) = (type, offset, shape)
  }

  /// Reads what follows the `@` of a line.
  init(_ text: Substring, line: Substring) throws(FormatError) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    let numbers = words.dropFirst().compactMap { Int($0) }
    guard let type = ScalarType(rawValue: String(words[0])), numbers.count == words.count - 1,
      (2...3).contains(numbers.count), numbers.allSatisfy({ $0 >= 0 })
    else { throw PooledLine.broken(line) }
    self.init(type: type, offset: numbers[0], shape: Array(numbers.dropFirst()))
  }
}

/// The pools of a file with the parts that tensors claim.
///
/// Parts may overlap only when they are equal, and then share their bytes: what a file can claim
/// stays within what it stores, however many lines it has.
struct PooledParts {
  private let pools: [ScalarType: [UInt8]]
  /// The part of every tensor, in bytes.
  private var claims: [ScalarType: Set<Range<Int>>] = [:]
  private var parts: [ScalarType: [Range<Int>: [UInt8]]] = [:]

  init(_ pools: [ScalarType: [UInt8]]) { self.pools = pools }

  /// Notes the part of a tensor, which must lie within its pool.
  mutating func claim(_ place: PooledPlace, line: Substring) throws(FormatError) {
    guard let pool = pools[place.type] else {
      throw FormatError(at: "/\(FormatName.pool)", .missing(place.type.rawValue))
    }
    let count = pool.count / place.type.byteCount
    let (elementCount, overflow) = place.shape.reduce((1, false)) {
      let (product, overflow) = $0.0.multipliedReportingOverflow(by: $1)
      return (product, $0.1 || overflow)
    }
    guard !overflow, place.offset <= count, elementCount <= count - place.offset else {
      throw outOfRange("`\(line.prefix(80))` reaches outside its pool of \(count) elements")
    }
    claims[place.type, default: []].insert(byteRange(of: place))
  }

  /// Compares all parts with one another.
  func checkOverlaps() throws(FormatError) {
    for (type, ranges) in claims {
      let ordered = ranges.filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
      for (range, next) in zip(ordered, ordered.dropFirst())
      where next.lowerBound < range.upperBound {
        throw outOfRange(
          "tensors overlap in `\(type.rawValue)` at element \(next.lowerBound / type.byteCount)")
      }
    }
  }

  /// The tensor at a place that was claimed.
  mutating func tensor(at place: PooledPlace) -> Tensor {
    let range = byteRange(of: place)
    let bytes = parts[place.type]?[range] ?? Array((pools[place.type] ?? [])[range])
    parts[place.type, default: [:]][range] = bytes
    return Tensor(type: place.type, shape: place.shape, bytes: bytes)
  }

  private func byteRange(of place: PooledPlace) -> Range<Int> {
    let start = place.offset * place.type.byteCount
    return start..<start + place.shape.reduce(1, *) * place.type.byteCount
  }

  private func outOfRange(_ text: String) -> FormatError {
    FormatError(at: "/\(FormatName.pool)/\(FormatName.poolIndex)", .outOfRange(text))
  }
}
