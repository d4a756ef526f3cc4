public import SpectrimCore

/// The input and the layers of a small model with all tensors of one type behind one another.
///
/// The index has one line for each fact and tensor, by the path it would have in the tree:
///
///     /input/shape=[1 28 28]
///     /layers/fc1/activation=relu
///     /layers/fc1/weight/U/codes=@int8 0 500 30
///
/// A tensor is the name of its pool, the offset in elements and the sides. Equal tensors share
/// their elements. A dataset per tensor costs 80 to 130 bytes and an attribute 35 to 60, which in
/// a small model is more than the tensors of a layer; the lines take about 60 once compressed.
public struct PooledForm: Sendable, Equatable {
  /// The elements of every type, as little-endian bytes.
  public private(set) var pools: [ScalarType: [UInt8]] = [:]
  /// The lines, each with a line feed behind it.
  public private(set) var index = ""

  private var offsets: [ScalarType: [[UInt8]: Int]] = [:]

  /// Pools the groups of the input and the layers.
  public init(_ groups: [FormatNode]) {
    for group in groups { group.visit { add($0) } }
  }

  private mutating func add(_ group: FormatNode) {
    for (name, fact) in group.facts.sortedByName() {
      index += "\(group.location(of: name))=\(fact.text)\n"
    }
    for (name, tensor) in group.tensors.sortedByName() {
      let place = PooledPlace(
        type: tensor.type, offset: offset(of: tensor), shape: tensor.shape)
      index += "\(group.location(of: name))=\(place.text)\n"
    }
  }

  /// Where the elements of a tensor start; they are appended unless they are there already.
  private mutating func offset(of tensor: Tensor) -> Int {
    if let known = offsets[tensor.type]?[tensor.bytes] { return known }
    let start = pools[tensor.type, default: []].count / tensor.type.byteCount
    pools[tensor.type, default: []].append(contentsOf: tensor.bytes)
    offsets[tensor.type, default: [:]][tensor.bytes] = start
    return start
  }

  /// Reads the index back into the groups `/input` and `/layers` of a root.
  /// - Parameter pools: the bytes of every pool that the file has.
  /// - Throws: `FormatError` at the first line that is broken, stands twice or reaches outside its
  ///   pool, or when tensors overlap.
  public static func root(
    index: String, pools: [ScalarType: [UInt8]]
  ) throws(FormatError) -> FormatNode {
    var parts = PooledParts(pools)
    var lines: [(path: ArraySlice<String>, value: PooledLine)] = []
    var paths: Set<Substring> = []
    for line in index.split(separator: "\n") {
      let sides = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let path = try self.path(sides[0], line: line)
      guard sides.count == 2, paths.insert(sides[0]).inserted else {
        throw PooledLine.broken(line)
      }
      let value = try PooledLine(String(sides[1]), line: line)
      if case .tensor(let place) = value { try parts.claim(place, line: line) }
      lines.append((path, value))
    }
    try parts.checkOverlaps()
    var root = FormatNode(path: "/")
    for line in lines { root.insert(line.value, at: line.path, &parts) }
    return root
  }

  /// `layers`, a name, and two groups per level of nesting.
  private static let pathLimit = 2 + 2 * FormatLimit.depth

  /// The names on the left of a line.
  private static func path(
    _ text: Substring, line: Substring
  ) throws(FormatError) -> ArraySlice<String> {
    let names = text.split(separator: "/", maxSplits: pathLimit, omittingEmptySubsequences: false)
    let path = names.map(String.init).dropFirst()
    guard names[0].isEmpty, let top = path.first, path.count > 1,
      [FormatName.input, FormatName.layers].contains(top),
      path.allSatisfy({ !$0.isEmpty && !$0.contains("/") })
    else { throw PooledLine.broken(line) }
    return path
  }

  /// Layers in the order of their `index`, which must count from 0 without gaps.
  public static func ordered(_ layers: [FormatNode]) throws(FormatError) -> [FormatNode] {
    var placed = [FormatNode?](repeating: nil, count: layers.count)
    for layer in layers {
      let index = try layer.integer(FormatName.index)
      guard placed.indices.contains(index), placed[index] == nil else {
        throw FormatError(
          at: layer.location(of: FormatName.index),
          .outOfRange("index \(index), expected each of 0 to \(layers.count - 1) once"))
      }
      placed[index] = layer
    }
    return placed.compactMap { $0 }
  }
}

extension FormatNode {
  fileprivate mutating func insert(
    _ value: PooledLine, at path: ArraySlice<String>, _ parts: inout PooledParts
  ) {
    guard let name = path.first else { return }
    guard path.count > 1 else {
      switch value {
      case .fact(let fact): facts[name] = fact
      case .tensor(let place): tensors[name] = parts.tensor(at: place)
      }
      return
    }
    let child = FormatNode(path: location(of: name))
    groups[name, default: child].insert(value, at: path.dropFirst(), &parts)
  }
}
