internal import SpectrimCore

/// What the pools and their index were made from.
public struct PooledContent: Sendable {
  /// The root with the groups `/input` and `/layers`.
  public private(set) var root = FormatNode(path: "/")
  /// How many bytes each layer has in each pool, by the name of its link.
  public private(set) var layerByteCounts: [String: [TensorPool: Int]] = [:]

  /// Reads the index back.
  /// - Parameter pools: the stored bytes of every pool that the file has.
  /// - Throws: `FormatError` at the first line that is broken, stands twice or reaches outside its
  ///   pool, or when tensors overlap.
  public init(index: String, pools: [TensorPool: [UInt8]]) throws(FormatError) {
    var parts = PooledParts(pools)
    let groups = try PooledIndex(index).groups
    var claims: [PooledParts.Claim] = []
    for entry in groups.lazy.flatMap(\.entries) {
      if case .tensor(let place) = entry.value {
        claims.append(try parts.claim(place, line: entry.line))
      }
    }
    try parts.checkOverlaps()
    var rest = claims[...]
    for group in groups {
      var content = FormatNode(path: "/")
      for entry in group.entries {
        switch entry.value {
        case .fact(let fact): content.facts[entry.name] = fact
        case .tensor:
          guard let claim = rest.popFirst() else { continue }
          content.tensors[entry.name] = parts.tensor(of: claim)
          count(claim, at: group.path)
        }
      }
      root.fill(group.path, with: content)
    }
  }

  private mutating func count(_ claim: PooledParts.Claim, at path: ArraySlice<String>) {
    guard path.first == FormatName.layers, let layer = path.dropFirst().first else { return }
    layerByteCounts[layer, default: [:]][claim.pool, default: 0] += claim.range.count
  }
}

extension FormatNode {
  /// Gives the group at the end of a path its facts and tensors, and makes it if need be.
  fileprivate mutating func fill(_ path: ArraySlice<String>, with content: FormatNode) {
    guard let name = path.first else {
      (facts, tensors) = (content.facts, content.tensors)
      return
    }
    let child = FormatNode(path: location(of: name))
    groups[name, default: child].fill(path.dropFirst(), with: content)
  }
}
