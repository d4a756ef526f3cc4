public import SpectrimCore

extension Step {
  /// The group of this step, `/layers/<name>`.
  public func formatNode(index: Int) -> FormatNode {
    var node = FormatNode(path: "/\(FormatName.layers)/\(LinkName.encoded(name))")
    node.facts[FormatName.index] = .integer(index)
    node.facts[FormatName.operation] = .text(kind.rawValue)
    switch self {
    case .layer(let layer): layer.store(in: &node)
    case .transform(let transform): transform.operation.store(in: &node)
    }
    return node
  }

  /// Reads the group of a step.
  /// - Throws: `FormatError` with the place of the first defect.
  public init(from node: FormatNode) throws(FormatError) {
    guard let name = LinkName.decoded(node.name) else {
      throw FormatError(at: node.path, .outOfRange("`\(node.name)` has a broken percent escape"))
    }
    let operation: Transform.Operation
    switch try node.word(FormatName.operation, of: Kind.self) {
    case .linear:
      self = .layer(try Layer(name: name, .linear, from: node))
      return
    case .conv2d:
      self = .layer(try Layer(name: name, .conv2d(try Convolution(from: node)), from: node))
      return
    case .maxPool2d: operation = .pool(try Pooling(.maximum, from: node))
    case .averagePool2d: operation = .pool(try Pooling(.average, from: node))
    case .flatten: operation = .flatten
    case .activation: operation = .activation(try Activation(from: node))
    case .layerNormalization: operation = .layerNormalization(try LayerNormalization(from: node))
    case .affine: operation = .affine(try ChannelAffine(from: node))
    }
    self = .transform(
      try node.located { () throws(ModelError) in try Transform(name: name, operation) })
  }
}
