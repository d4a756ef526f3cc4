internal import SpectrimCore

/// Operators that treat every number, or every channel, on its own.
extension ONNXChain {
  mutating func activate(_ node: ONNXNodeProto) throws {
    guard node.input(0) == flow.name else { throw ONNXObstacle.unknown(node) }
    let function: Activation
    switch node.opType {
    case "Relu": function = .relu
    case "LeakyRelu": function = .leakyReLU(slope: node.float("alpha", default: 0.01))
    case "Sigmoid": function = .sigmoid
    case "Tanh": function = .tanh
    case "Gelu": function = node.text("approximate") == "tanh" ? .geluTanh : .gelu
    case "Swish":
      guard node.float("alpha", default: 1) == 1 else { throw ONNXObstacle.unknown(node) }
      function = .swish
    case "PRelu":
      guard let slopes = try constants.value(of: node.input(1) ?? "").floats, slopes.count == 1
      else { throw ONNXObstacle.form(node, "has more than one slope") }
      function = .leakyReLU(slope: slopes[0])
    case "Softmax":
      guard case .vector = flow.shape, flow.arrangement == .same,
        [1, -1].contains(node.integer("axis", default: -1))
      else { throw ONNXObstacle.form(node, "is not over the numbers of a vector") }
      function = .softmax
    default: throw ONNXObstacle.unknown(node)
    }
    append(.activation(function), at: node)
  }

  /// Sum, difference, product or quotient with a constant: a bias, or an affine step.
  mutating func combineWithConstant(_ node: ONNXNodeProto) throws {
    let (constant, isSecond) = try constantOperand(node)
    let isSum = node.opType == "Add"
    if isSum, case .piece(let piece)? = items.last, piece.bias == nil, constant.count > 1,
      flow.perChannel(constant.floats ?? [], sides: constant.shape) != nil
    {
      return try addBias(constant, node)
    }
    try spend(flow.channelCount, at: node)
    guard let floats = constant.floats,
      let values = flow.perChannel(floats, sides: constant.shape)
    else { throw ONNXObstacle.form(node, "takes a constant that is not one per channel") }
    let (zeros, ones) = (values.map { _ in Float(0) }, values.map { _ in Float(1) })
    let affine: ChannelAffine
    switch (node.opType, isSecond) {
    case ("Add", _): affine = try ChannelAffine(scale: ones, shift: values)
    case ("Mul", _): affine = try ChannelAffine(scale: values, shift: zeros)
    case ("Sub", true): affine = try ChannelAffine(scale: ones, shift: values.map { -$0 })
    case ("Sub", false): affine = try ChannelAffine(scale: ones.map { -$0 }, shift: values)
    case ("Div", true) where values.allSatisfy { $0 != 0 }:
      affine = try ChannelAffine(scale: values.map { 1 / $0 }, shift: zeros)
    default: throw ONNXObstacle.form(node, "does not divide by a constant")
    }
    if case .transform(_, .affine(let first))? = items.last {
      items.removeLast()
      append(.affine(try first.followed(by: affine)), at: node)
    } else {
      append(.affine(affine), at: node)
    }
  }

  mutating func normalizeBatch(_ node: ONNXNodeProto) throws {
    guard node.input.count == 5, node.input(0) == flow.name,
      node.integer("training_mode", default: 0) == 0
    else { throw ONNXObstacle.form(node, "is not of a trained network") }
    guard flow.arrangement != .channelsLast, flow.arrangement != .plane else {
      throw ONNXObstacle.form(node, "takes a map with its channels last")
    }
    let parts = try node.input.dropFirst().map { name -> [Float] in
      guard let values = try constants.value(of: name).floats, values.count == flow.channelCount
      else { throw ONNXObstacle.form(node, "has parts of another count than there are channels") }
      return flow.perChannel(values, sides: [values.count] + flow.sides.dropFirst().map { _ in 1 })
        ?? values
    }
    do throws(ModelError) {
      let normalization = try BatchNormalization(
        gamma: parts[0], beta: parts[1], mean: parts[2], variance: parts[3],
        epsilon: Double(node.float("epsilon", default: 1e-5)))
      append(.affine(try normalization.affine), at: node)
    } catch {
      throw InterchangeError(.invalid, file: graph.file, "node \(node.label): \(error)")
    }
  }

  mutating func normalizeLayer(_ node: ONNXNodeProto) throws {
    let (rank, count) = (flow.sides.count + 1, flow.shape.elementCount)
    let axis = node.integer("axis", default: -1)
    guard node.input(0) == flow.name, axis == 1 || axis == 1 - rank, flow.arrangement == .same,
      let scaleName = node.input(1)
    else { throw ONNXObstacle.form(node, "is not over all numbers of an example") }
    try spend(count, at: node)
    func spread(_ values: [Float]?) throws -> [Float] {
      guard let values, values.count == count || values.count == 1 else {
        throw ONNXObstacle.form(node, "has factors that are not one per number")
      }
      return values.count == count ? values : Array(repeating: values[0], count: count)
    }
    let scale = try spread(try constants.value(of: scaleName).floats)
    let shift = try spread(
      try node.input(2).map { try constants.value(of: $0).floats } ?? [Float(0)])
    do throws(ModelError) {
      let epsilon = node.float("epsilon", default: 1e-5)
      append(
        .layerNormalization(
          try LayerNormalization(scale: scale, shift: shift, epsilon: epsilon)), at: node)
    } catch { throw ONNXObstacle.form(node, "has \(error)") }
  }
}

extension ChannelAffine {
  /// Both steps as one: `s₂ (s₁ x + t₁) + t₂`.
  fileprivate func followed(by next: ChannelAffine) throws(ModelError) -> ChannelAffine {
    let scales = zip(scale, next.scale).map { Float(Double($0) * Double($1)) }
    let shifts = scale.indices.map {
      Float(Double(next.scale[$0]) * Double(shift[$0]) + Double(next.shift[$0]))
    }
    return try ChannelAffine(scale: scales, shift: shifts)
  }
}
