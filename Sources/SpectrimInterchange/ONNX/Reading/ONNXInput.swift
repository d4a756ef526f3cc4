internal import SpectrimCore

/// What a graph takes, as its file and the options say.
struct ONNXInput {
  private static let elementwise: Set<String> = [
    "Add", "Cast", "DequantizeLinear", "Div", "Identity", "Mul", "QuantizeLinear", "Sub",
  ]

  /// The first value of the chain.
  let flow: ONNXFlow

  /// Reads the declaration of the one input.
  /// - Throws: `ONNXObstacle` where it is no example of numbers, `InterchangeError` where its sides
  ///   are not sound, or are not said.
  init(_ graph: ONNXGraph, options: ImportOptions) throws {
    guard graph.inputs.count == 1, graph.outputs.count == 1 else {
      throw ONNXObstacle("it has \(graph.inputs.count) inputs and \(graph.outputs.count) outputs")
    }
    let input = graph.inputs[0]
    let type = ScalarType(onnxType: input.type.tensorType.elemType)
    guard type?.elementType != nil else {
      throw ONNXObstacle("its input `\(input.name)` is no floats")
    }
    let hasShape = input.type.tensorType.hasShape
    let declared = input.type.tensorType.shape.dim.dropFirst().map { dimension -> Int? in
      if case .dimValue(let side) = dimension.value { Int(side) } else { nil }
    }
    if let side = declared.first(where: { $0.map { $0 <= 0 } ?? false }) ?? nil {
      throw InterchangeError(
        .invalid, file: graph.file, "input `\(input.name)` has a side of \(side)",
        found: "\(side)", expected: "1 or more")
    }
    let isLast = Self.hasChannelsLast(graph, input.name)
    let given = options.inputShape.map { isLast && $0.count == 3 ? [$0[1], $0[2], $0[0]] : $0 }
    let rank = hasShape ? declared.count : given?.count ?? 0
    let sides = (0..<rank).map { place -> Int? in
      if hasShape, let side = declared[place] { return side }
      guard let given, given.count == rank, given[place] > 0 else { return nil }
      return given[place]
    }
    let known = sides.compactMap(\.self)
    guard known.count == rank, rank > 0 || hasShape else {
      throw InterchangeError(
        .ambiguous, file: graph.file,
        "input `\(input.name)` has sides that the file leaves open; give those of one example, "
          + "channels first, with --input", found: "\(declared.map { $0.map(String.init) ?? "?" })")
    }
    guard let count = known.elementCount, count <= ONNXChain.largestElementCount else {
      throw InterchangeError(
        .invalid, file: graph.file, "input `\(input.name)` of \(known) is too large to run",
        found: "\(known)")
    }
    switch known.count {
    case 1: flow = ONNXFlow(name: input.name, shape: .vector(known[0]), arrangement: .same)
    case 2:
      flow = ONNXFlow(
        name: input.name, shape: .map(channels: 1, height: known[0], width: known[1]),
        arrangement: .plane)
    case 3 where isLast:
      flow = ONNXFlow(
        name: input.name, shape: .map(channels: known[2], height: known[0], width: known[1]),
        arrangement: .channelsLast)
    case 3:
      flow = ONNXFlow(
        name: input.name, shape: .map(channels: known[0], height: known[1], width: known[2]),
        arrangement: .same)
    default: throw ONNXObstacle("its input `\(input.name)` has \(known.count + 1) sides")
    }
  }

  /// Whether the first operator that does more than count brings the channels to the front.
  private static func hasChannelsLast(_ graph: ONNXGraph, _ input: String) -> Bool {
    var name = input
    for _ in 0..<16 {
      let consumers = graph.consumers(of: name)
      guard consumers.count == 1 else { return false }
      let node = graph.nodes[consumers[0]]
      if node.opType == "Transpose" { return node.integers("perm") == [0, 3, 1, 2] }
      guard elementwise.contains(node.opType), let output = node.output.first else { return false }
      name = output
    }
    return false
  }
}
