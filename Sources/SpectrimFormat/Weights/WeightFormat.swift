internal import SpectrimCore

/// How one representation stands in its group: one conformance and one file each.
protocol WeightFormat {
  /// Writes the facts and tensors into the group.
  func store(in node: inout FormatNode)
  /// Reads the group.
  init(from node: FormatNode, depth: Int) throws(FormatError)
}

extension Representation {
  /// The group of a weight that stands alone.
  package func formatNode(at path: String) -> FormatNode {
    var node = FormatNode(path: path)
    store(in: &node)
    return node
  }

  /// Fills the group of a weight.
  func store(in node: inout FormatNode) {
    node.facts[FormatName.representation] = .text(kind.rawValue)
    switch self {
    case .dense(let weight): weight.store(in: &node)
    case .factorized(let weight): weight.store(in: &node)
    case .chain(let weight): weight.store(in: &node)
    case .lora(let weight): weight.store(in: &node)
    case .quantized(let weight): weight.store(in: &node)
    case .quantizedLowRank(let weight): weight.store(in: &node)
    }
  }

  /// Reads the group of a weight; `depth` bounds the nesting of bases.
  init(from node: FormatNode, depth: Int = 0) throws(FormatError) {
    guard depth < FormatLimit.depth else {
      throw FormatError(at: node.path, .outOfRange("more than \(FormatLimit.depth) nested bases"))
    }
    switch try node.word(FormatName.representation, of: Kind.self) {
    case .dense: self = .dense(try WeightMatrix(from: node, depth: depth))
    case .factorized: self = .factorized(try Factorized(from: node, depth: depth))
    case .chain: self = .chain(try FactorChain(from: node, depth: depth))
    case .lora: self = .lora(try LoRA(from: node, depth: depth))
    case .quantized: self = .quantized(try QuantizedMatrix(from: node, depth: depth))
    case .quantizedLowRank: self = .quantizedLowRank(try QuantizedLowRank(from: node, depth: depth))
    }
    try node.checkIsPlausible(shape)
  }
}

extension FormatNode {
  /// Adds a float matrix.
  mutating func add(_ name: String, _ weights: WeightMatrix) {
    tensors[name] = Tensor(
      weights.values.elements, storedAs: weights.elementType,
      shape: [weights.shape.rowCount, weights.shape.columnCount])
  }
}
