public import SpectrimCore

extension Layer {
  /// The group of this layer, `/layers/<name>`.
  public func formatNode(index: Int) -> FormatNode {
    var node = FormatNode(path: "/\(FormatName.layers)/\(LinkName.encoded(name))")
    node.facts[FormatName.index] = .integer(index)
    node.facts[FormatName.operation] = .text(operation.rawValue)
    node.facts[FormatName.activation] = .text(activation.rawValue)
    if let initializer { node.facts[FormatName.initializer] = .text(initializer.rawValue) }
    if let inputQuantization {
      node.facts[FormatName.inputScale] = .real(Double(inputQuantization.scale))
      node.facts[FormatName.inputZeroPoint] = .integer(Int(inputQuantization.zeroPoint))
    }
    node.add(FormatName.weight) { weight.store(in: &$0) }
    bias?.store(in: &node)
    return node
  }

  /// Reads the group of a layer.
  /// - Throws: `FormatError` with the place of the first defect.
  public init(from node: FormatNode) throws(FormatError) {
    guard let name = LinkName.decoded(node.name) else {
      throw FormatError(at: node.path, .outOfRange("`\(node.name)` has a broken percent escape"))
    }
    let operation = try node.word(FormatName.operation, of: Operation.self)
    let activation = try node.word(FormatName.activation, of: Activation.self)
    let initializer =
      node.facts[FormatName.initializer] == nil
      ? nil : try node.word(FormatName.initializer, of: Initializer.self)
    let weight = try Representation(from: try node.group(FormatName.weight))
    let bias = try Bias(from: node)
    let quantization = try InputQuantization(from: node)
    self = try node.located { () throws(ModelError) in
      try Layer(
        name: name, operation: operation, weight: weight, bias: bias, activation: activation,
        initializer: initializer, inputQuantization: quantization)
    }
  }
}

extension InputQuantization {
  fileprivate init?(from node: FormatNode) throws(FormatError) {
    guard node.facts[FormatName.inputScale] != nil else { return nil }
    let zeroPoint = try node.integer(FormatName.inputZeroPoint)
    guard let byte = UInt8(exactly: zeroPoint) else {
      throw FormatError(
        at: node.location(of: FormatName.inputZeroPoint),
        .outOfRange("zero point \(zeroPoint), expected 0 to 255"))
    }
    let scale = Float(try node.real(FormatName.inputScale))
    guard scale.isFinite, scale > 0 else {
      throw FormatError(
        at: node.location(of: FormatName.inputScale),
        .outOfRange("input scale \(scale), expected a finite number above 0"))
    }
    self.init(scale: scale, zeroPoint: byte)
  }
}
