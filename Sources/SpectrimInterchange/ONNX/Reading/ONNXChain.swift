internal import SpectrimCore

/// Follows the value of a graph from its input to its output, one operator after another.
struct ONNXChain {
  /// The graph.
  let graph: ONNXGraph
  /// Its constants.
  var constants: ONNXConstants
  /// How many more factors per channel may be made of single numbers; a small file could else ask
  /// for many.
  private var remainingFactorCount = ONNXChain.largestElementCount
  /// Where the walk is.
  var flow: ONNXFlow
  /// The sides of an example and their order, as the first operators take them.
  var inputShape: [Int]
  var inputLayout: ModelInput.Layout
  /// What was found so far.
  var items: [ONNXItem] = []
  /// What was left out or changed, for people.
  var notes: [String] = []

  /// Far above what anyone runs as one chain, and a bound for hostile files.
  static let largestNodeCount = 4_000

  /// The largest map or vector between operators, that of the runtime.
  static let largestElementCount = 1 << 26

  init(_ graph: ONNXGraph, constants: ONNXConstants, input: ONNXFlow) {
    self.graph = graph
    self.constants = constants
    flow = input
    inputShape = input.arrangement == .plane ? [1] + input.sides : input.sides
    inputLayout =
      inputShape.count == 1 ? .flat : input.arrangement == .channelsLast ? .hwc : .chw
  }

  /// Walks to the output.
  /// - Throws: `ONNXObstacle` at the first operator or branch that is no step of a chain.
  mutating func walk(to output: String) throws {
    guard graph.nodes.count <= Self.largestNodeCount else {
      throw ONNXObstacle("it has \(graph.nodes.count) operators")
    }
    while flow.name != output { try advance() }
    guard graph.consumers(of: output).isEmpty else { throw branching }
  }

  /// One step on; every step leads to a later node, so that the walk ends.
  private mutating func advance() throws {
    let consumers = graph.consumers(of: flow.name)
    let others = consumers.filter { graph.nodes[$0].opType != "Shape" }
    if others.count == 1 {
      try apply(graph.nodes[others[0]])
    } else if let (function, last) = try elementwiseFunction(from: consumers) {
      append(.activation(function), at: graph.nodes[last])
      hand(on: graph.nodes[last])
    } else if try !applyAdapters(consumers) {
      throw branching
    }
  }

  /// What is said where the chain is none.
  var branching: ONNXObstacle { ONNXObstacle("its values branch at `\(flow.name)`") }

  /// Does what one operator does.
  mutating func apply(_ node: ONNXNodeProto) throws {
    guard node.domain.isEmpty || node.domain == "ai.onnx" else { throw ONNXObstacle.unknown(node) }
    switch node.opType {
    case "Gemm": try gemm(node)
    case "MatMul": try matMul(node)
    case "Conv": try convolve(node)
    case "Add", "Sub", "Mul", "Div": try combineWithConstant(node)
    case "Relu", "LeakyRelu", "Sigmoid", "Tanh", "Gelu", "Swish", "Softmax", "PRelu":
      try activate(node)
    case "MaxPool", "AveragePool": try pool(node)
    case "GlobalAveragePool", "GlobalMaxPool", "ReduceMean": try poolAll(node)
    case "BatchNormalization": try normalizeBatch(node)
    case "LayerNormalization": try normalizeLayer(node)
    case "Flatten", "Reshape", "Squeeze", "Unsqueeze": try reshape(node)
    case "Transpose": try transpose(node)
    case "QuantizeLinear": try roundActivations(node)
    case "DequantizeLinear": try restoreActivations(node)
    case "Identity", "Dropout", "Cast": try pass(node)
    default: throw ONNXObstacle.unknown(node)
    }
    hand(on: node)
  }

  /// The value of a node is the next.
  mutating func hand(on node: ONNXNodeProto) { flow.name = node.output.first ?? "" }

  /// Adds a step without a weight.
  mutating func append(_ operation: Transform.Operation, at node: ONNXNodeProto) {
    items.append(.transform(ONNXWeightName.name(of: node), operation))
    if case .activation(let function) = operation {
      flow.isNonNegative =
        function == .relu || function == .sigmoid || function == .softmax
    } else if case .affine = operation {
      flow.isNonNegative = false
    } else if case .layerNormalization = operation {
      flow.isNonNegative = false
    }
  }

  /// The value becomes a map.
  mutating func give(channels: Int, _ extent: Extent, at node: ONNXNodeProto) throws {
    guard let count = [channels, extent.height, extent.width].elementCount,
      count <= Self.largestElementCount
    else { throw ONNXObstacle.form(node, "gives a map that is too large to run") }
    flow.shape = .map(channels: channels, height: extent.height, width: extent.width)
  }

  /// Counts the factors of a step, one per channel or element.
  mutating func spend(_ count: Int, at node: ONNXNodeProto) throws {
    remainingFactorCount -= count
    guard remainingFactorCount >= 0 else {
      throw ONNXObstacle.form(node, "is one of too many with a factor per element")
    }
  }

  /// The constant among two inputs, and whether it is the second.
  mutating func constantOperand(
    _ node: ONNXNodeProto
  ) throws -> (value: ONNXConstant, isSecond: Bool) {
    guard node.input.count == 2, let place = node.input.firstIndex(of: flow.name),
      constants.contains(node.input[1 - place])
    else { throw ONNXObstacle.form(node, "joins two values") }
    return (try constants.value(of: node.input[1 - place]), place == 0)
  }

  private mutating func pass(_ node: ONNXNodeProto) throws {
    guard node.input(0) == flow.name else { throw ONNXObstacle.unknown(node) }
    if node.opType == "Dropout" { notes.append("dropout \(node.label) is left out") }
    if node.opType == "Cast" {
      let type = ScalarType(onnxType: Int32(clamping: node.integer("to", default: 0)))
      guard let elementType = type?.elementType else { throw ONNXObstacle.unknown(node) }
      if elementType != .float32 {
        notes.append("values are not rounded to \(elementType.rawValue) at \(node.label)")
      }
    }
  }

  /// Rounding of activations between layers is left out, but not that it cuts off what is negative:
  /// quantizers take a rectifier away where it does.
  private mutating func roundActivations(_ node: ONNXNodeProto) throws {
    guard node.input(0) == flow.name, let scale = node.input(1),
      try constants.value(of: scale).count == 1
    else { throw ONNXObstacle.unknown(node) }
    let zero = try node.input(2).map { try constants.value(of: $0) }
    var isCut = zero == nil
    if let zero, case .tensor(let tensor) = zero.elements {
      let smallest: [ScalarType: Int] = [.int8: -128, .uint8: 0, .int16: -32768, .uint16: 0]
      isCut = tensor.integers?.first == smallest[tensor.type]
    }
    if isCut, !flow.isNonNegative, !items.isEmpty { append(.activation(.relu), at: node) }
    let note = "the rounding of values between layers to integers is left out"
    if !notes.contains(note) { notes.append(note) }
  }

  /// The way back from the integers of the node before.
  private func restoreActivations(_ node: ONNXNodeProto) throws {
    guard let rounding = graph.producers[flow.name].map({ graph.nodes[$0] }),
      rounding.opType == "QuantizeLinear", rounding.input.dropFirst() == node.input.dropFirst()
    else { throw ONNXObstacle.unknown(node) }
  }
}
