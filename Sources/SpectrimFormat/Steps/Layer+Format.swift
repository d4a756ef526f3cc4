internal import SpectrimCore

extension Layer {
  func store(in node: inout FormatNode) {
    if case .conv2d(let convolution) = operation { convolution.store(in: &node) }
    activation.store(in: &node)
    if let initializer { node.facts[FormatName.initializer] = .text(initializer.rawValue) }
    if let inputQuantization {
      node.facts[FormatName.inputScale] = .real(Double(inputQuantization.scale))
      node.facts[FormatName.inputZeroPoint] = .integer(Int(inputQuantization.zeroPoint))
    }
    node.add(FormatName.weight) { weight.store(in: &$0) }
    bias?.store(in: &node)
  }

  init(name: String, _ operation: Operation, from node: FormatNode) throws(FormatError) {
    let activation = try Activation(from: node)
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

/// The function of a step; the slope of a leaky one where it is not the usual one.
extension Activation {
  func store(in node: inout FormatNode) {
    node.facts[FormatName.activation] = .text(kind.rawValue)
    if case .leakyReLU(let slope) = self, slope != Self.leakySlope {
      node.facts[FormatName.activationSlope] = .real(Double(slope))
    }
  }

  init(from node: FormatNode) throws(FormatError) {
    let kind = try node.word(FormatName.activation, of: Kind.self)
    guard node.facts[FormatName.activationSlope] != nil else {
      self.init(kind)
      return
    }
    let slope = Float(try node.real(FormatName.activationSlope))
    guard kind == .leakyReLU, slope.isFinite else {
      throw FormatError(
        at: node.location(of: FormatName.activationSlope),
        .outOfRange("slope \(slope) of `\(kind.rawValue)`, expected a finite one of leaky_relu"))
    }
    self.init(kind, slope: slope)
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
