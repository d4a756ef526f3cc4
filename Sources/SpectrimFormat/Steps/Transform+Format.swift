internal import SpectrimCore

extension Transform.Operation {
  func store(in node: inout FormatNode) {
    switch self {
    case .flatten: break
    case .activation(let activation): activation.store(in: &node)
    case .pool(let pooling):
      pooling.window.store(in: &node)
      if pooling.countsPadding { node.facts[FormatName.countsPadding] = .integer(1) }
    case .layerNormalization(let norm):
      node.add(scale: norm.scale, shift: norm.shift)
      node.facts[FormatName.epsilon] = .real(Double(norm.epsilon))
    case .affine(let affine): node.add(scale: affine.scale, shift: affine.shift)
    }
  }
}

extension Pooling {
  init(_ kind: Kind, from node: FormatNode) throws(FormatError) {
    let window = try Window(from: node)
    let countsPadding =
      node.facts[FormatName.countsPadding] == nil
      ? false : try node.integer(FormatName.countsPadding) != 0
    self = try node.located { () throws(ModelError) in
      try Pooling(kind, window: window, countsPadding: countsPadding)
    }
  }
}

extension LayerNormalization {
  init(from node: FormatNode) throws(FormatError) {
    let (scale, shift) = (try node.floats(FormatName.scale), try node.floats(FormatName.shift))
    let epsilon = Float(try node.real(FormatName.epsilon))
    self = try node.located { () throws(ModelError) in
      try LayerNormalization(scale: scale, shift: shift, epsilon: epsilon)
    }
  }
}

extension ChannelAffine {
  init(from node: FormatNode) throws(FormatError) {
    let (scale, shift) = (try node.floats(FormatName.scale), try node.floats(FormatName.shift))
    self = try node.located { () throws(ModelError) in
      try ChannelAffine(scale: scale, shift: shift)
    }
  }
}

extension FormatNode {
  fileprivate mutating func add(scale: [Float], shift: [Float]) {
    tensors[FormatName.scale] = Tensor(scale, storedAs: .float32, shape: [scale.count])
    tensors[FormatName.shift] = Tensor(shift, storedAs: .float32, shape: [shift.count])
  }

  /// A vector of floats.
  fileprivate func floats(_ name: String) throws(FormatError) -> [Float] {
    let tensor = try tensor(name)
    try checkIsVector(tensor, name)
    guard tensor.type == .float32 else {
      throw FormatError(
        at: location(of: name), .wrongType(found: tensor.type.rawValue, expected: "f32"))
    }
    return tensor.floats
  }
}
