internal import SpectrimCore

/// Operators with a weight.
extension ONNXChain {
  /// `alpha · x B + beta · C`, `B` transposed or not.
  mutating func gemm(_ node: ONNXNodeProto) throws {
    guard node.integer("transA", default: 0) == 0, let name = node.input(1) else {
      throw ONNXObstacle.form(node, "transposes its input")
    }
    let isTransposed = node.integer("transB", default: 0) != 0
    var (weight, weightName) = try linearWeight(name, node, isTransposed: isTransposed)
    let alpha = node.float("alpha", default: 1)
    if alpha != 1 {
      weight = .dense(
        WeightMatrix(
          Matrix(weight.shape, weight.materialized().elements.map { $0 * alpha })))
    }
    try addLinear(weight, named: weightName, node)
    if let constant = node.input(2) {
      let beta = node.float("beta", default: 1)
      try addBias(try constants.value(of: constant), node, factor: beta)
    }
  }

  /// `x B`.
  mutating func matMul(_ node: ONNXNodeProto) throws {
    guard let name = node.input(1) else { throw ONNXObstacle.unknown(node) }
    let (weight, weightName) = try linearWeight(name, node, isTransposed: false)
    try addLinear(weight, named: weightName, node)
  }

  /// The matrix `[out, in]` that an operator multiplies a vector with, and its name.
  private mutating func linearWeight(
    _ name: String, _ node: ONNXNodeProto, isTransposed: Bool
  ) throws -> (weight: Representation, name: String) {
    guard node.input(0) == flow.name, case .vector = flow.shape else {
      throw ONNXObstacle.form(node, "multiplies something else than a vector with a constant")
    }
    let constant = try constants.value(of: name)
    guard constant.shape.count == 2, constant.copyCount == 1, let matrix = constant.matrix,
      let weight = isTransposed ? matrix : matrix.transposed
    else { throw ONNXObstacle.form(node, "has a weight that is no matrix of numbers") }
    return (weight, constant.name)
  }

  private mutating func addLinear(
    _ weight: Representation, named name: String, _ node: ONNXNodeProto
  ) throws {
    var weight = weight
    guard weight.shape.columnCount == flow.shape.elementCount else {
      throw InterchangeError(
        .invalid, file: graph.file,
        "node \(node.label): a weight \(weight.shape) for \(flow.shape.elementCount) inputs",
        found: "\(weight.shape.columnCount)", expected: "\(flow.shape.elementCount)")
    }
    if let columns = flow.channelFirstPlaces { weight = weight.selecting(columns: columns) }
    items.append(
      .piece(ONNXPiece(name: ONNXWeightName(name, node: node), weight: weight, convolution: nil)))
    flow.shape = .vector(weight.shape.rowCount)
    (flow.arrangement, flow.isNonNegative) = (.same, false)
  }

  /// Adds a constant to the last piece.
  mutating func addBias(_ constant: ONNXConstant, _ node: ONNXNodeProto, factor: Float = 1) throws {
    guard case .piece(var piece)? = items.last, let bias = constant.bias,
      let values = flow.perChannel(bias.values, sides: constant.shape)
    else { throw ONNXObstacle.form(node, "adds no constant per output") }
    let isWhole = values.count == bias.count && factor == 1
    piece.bias = isWhole ? bias : Bias(values.map { $0 * factor })
    items[items.count - 1] = .piece(piece)
  }

  /// A convolution over a plane.
  mutating func convolve(_ node: ONNXNodeProto) throws {
    guard node.input(0) == flow.name, let name = node.input(1) else {
      throw ONNXObstacle.form(node, "has a weight that depends on the input")
    }
    guard let (channels, extent) = flow.map else {
      throw ONNXObstacle.form(node, "takes something else than a map with its channels first")
    }
    let constant = try constants.value(of: name)
    let (piece, convolution) = try piece(constant, node, on: extent)
    guard let output = convolution.window.positions(on: extent),
      channels % convolution.groups == 0, constant.shape[1] == channels / convolution.groups
    else {
      throw InterchangeError(
        .invalid, file: graph.file,
        "node \(node.label): a weight of \(constant.shape) in \(convolution.groups) groups does not "
          + "fit \(flow.shape)", found: "\(constant.shape)")
    }
    items.append(.piece(piece))
    try give(channels: piece.outputCount, output, at: node)
    flow.isNonNegative = false
    if let bias = node.input(2) {
      var constant = try constants.value(of: bias)
      constant.shape += [1, 1]
      try addBias(constant, node)
    }
  }

  /// The weight of a convolution, whose constant then has four sides.
  private func piece(
    _ constant: ONNXConstant, _ node: ONNXNodeProto, on extent: Extent
  ) throws -> (ONNXPiece, Convolution) {
    let (groups, copyCount) = (node.integer("group", default: 1), constant.copyCount)
    guard constant.shape.count == 4, let weight = constant.matrix,
      copyCount == 1
        || copyCount == groups && constant.count <= Self.largestElementCount / copyCount
    else { throw ONNXObstacle.form(node, "has no weight of four sides") }
    let kernel = Extent(height: constant.shape[2], width: constant.shape[3])
    if let given = node.integers("kernel_shape"), given != [kernel.height, kernel.width] {
      throw InterchangeError(
        .invalid, file: graph.file,
        "node \(node.label): kernel \(given) for a weight of \(constant.shape)", found: "\(given)")
    }
    do {
      let convolution = try Convolution(
        window: try ONNXWindow(node, kernel: kernel, on: extent).window, groups: groups)
      var piece = ONNXPiece(
        name: ONNXWeightName(constant.name, node: node), weight: weight, convolution: convolution)
      piece.copyCount = copyCount
      return (piece, convolution)
    } catch let error as ModelError { throw ONNXObstacle.form(node, "has \(error)") }
  }
}
