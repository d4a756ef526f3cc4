internal import SpectrimCore

/// The pools of a file with the parts that tensors claim.
///
/// Parts may overlap only when they are equal, and then share their bytes: what a file can claim
/// stays within what it stores, however many lines it has.
struct PooledParts {
  /// The elements of every pool as tensors have them.
  private let pools: [TensorPool: [UInt8]]
  /// Where the tensors so far end, in elements.
  private var ends: [TensorPool: Int] = [:]
  /// The part of every tensor, in bytes, with its rows if it stands there by columns: a part has one
  /// order, so that it is put into rows once.
  private var claims: [TensorPool: [Range<Int>: Int?]] = [:]
  private var parts: [TensorPool: [Range<Int>: [UInt8]]] = [:]

  /// A part that a tensor claimed.
  struct Claim {
    let pool: TensorPool
    let range: Range<Int>
    let shape: [Int]
    let isTransposed: Bool
  }

  /// Takes the bytes of the datasets.
  init(_ stored: [TensorPool: [UInt8]]) {
    var pools = stored
    pools[.zigzag8] = stored[.zigzag8].map(Zigzag.decoded)
    self.pools = pools
  }

  /// Notes the part of a tensor, which must lie within its pool.
  mutating func claim(_ place: PooledPlace, line: Substring) throws(FormatError) -> Claim {
    guard let pool = pools[place.pool] else {
      throw FormatError(at: "/\(FormatName.pool)", .missing(place.pool.rawValue))
    }
    let elementByteCount = place.pool.tensorType.byteCount
    let count = pool.count / elementByteCount
    let offset = place.offset ?? ends[place.pool, default: 0]
    let (elementCount, overflow) = place.shape.reduce((1, false)) {
      let (product, overflow) = $0.0.multipliedReportingOverflow(by: $1)
      return (product, $0.1 || overflow)
    }
    guard !overflow, offset <= count, elementCount <= count - offset else {
      throw outOfRange("`\(line.prefix(80))` reaches outside its pool of \(count) elements")
    }
    ends[place.pool] = max(ends[place.pool, default: 0], offset + elementCount)
    let range = offset * elementByteCount..<(offset + elementCount) * elementByteCount
    let rowCount = place.isTransposed ? place.shape[0] : nil
    if let claimed = claims[place.pool]?[range], claimed != rowCount {
      throw outOfRange("`\(line.prefix(80))` shares its place with a tensor in another order")
    }
    claims[place.pool, default: [:]].updateValue(rowCount, forKey: range)
    return Claim(
      pool: place.pool, range: range, shape: place.shape, isTransposed: place.isTransposed)
  }

  /// Compares all parts with one another.
  func checkOverlaps() throws(FormatError) {
    for (pool, ranges) in claims {
      let ordered = ranges.keys.filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
      for (range, next) in zip(ordered, ordered.dropFirst())
      where next.lowerBound < range.upperBound {
        let element = next.lowerBound / pool.tensorType.byteCount
        throw outOfRange("tensors overlap in `\(pool.rawValue)` at element \(element)")
      }
    }
  }

  /// The tensor of a part.
  mutating func tensor(of claim: Claim) -> Tensor {
    let bytes = parts[claim.pool]?[claim.range] ?? bytes(of: claim)
    parts[claim.pool, default: [:]][claim.range] = bytes
    return Tensor(type: claim.pool.tensorType, shape: claim.shape, bytes: bytes)
  }

  private func bytes(of claim: Claim) -> [UInt8] {
    let stored = Array((pools[claim.pool] ?? [])[claim.range])
    guard claim.isTransposed else { return stored }
    return ByteMatrix.transposed(
      stored, rowCount: claim.shape[1], columnCount: claim.shape[0])
  }

  private func outOfRange(_ text: String) -> FormatError {
    FormatError(at: "/\(FormatName.pool)/\(FormatName.poolIndex)", .outOfRange(text))
  }
}
