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
    let isLast = Self.hasChannelsLast(graph, input.name)
    let sides = try Self.sides(of: input, options, isLast: isLast, file: graph.file)
    guard let count = sides.elementCount, count <= ONNXChain.largestElementCount else {
      throw InterchangeError(
        .invalid, file: graph.file, "input `\(input.name)` of \(sides) is too large to run",
        found: "\(sides)")
    }
    let shape: FeatureShape
    switch sides.count {
    case 1: shape = .vector(sides[0])
    case 2: shape = .map(channels: 1, height: sides[0], width: sides[1])
    case 3 where isLast: shape = .map(channels: sides[2], height: sides[0], width: sides[1])
    case 3: shape = .map(channels: sides[0], height: sides[1], width: sides[2])
    default: throw ONNXObstacle("its input `\(input.name)` has \(sides.count + 1) sides")
    }
    let arrangement: ONNXFlow.Arrangement =
      sides.count == 2 ? .plane : isLast && sides.count == 3 ? .channelsLast : .same
    flow = ONNXFlow(name: input.name, shape: shape, arrangement: arrangement)
  }

  /// The sides of one example, those that the file leaves open from the options.
  private static func sides(
    of input: ONNXValueInfoProto, _ options: ImportOptions, isLast: Bool, file: String
  ) throws -> [Int] {
    let hasShape = input.type.tensorType.hasShape
    let declared = input.type.tensorType.shape.dim.dropFirst().map { dimension -> Int? in
      if case .dimValue(let side) = dimension.value { Int(side) } else { nil }
    }
    if let side = declared.compactMap(\.self).first(where: { $0 <= 0 }) {
      throw InterchangeError(
        .invalid, file: file, "input `\(input.name)` has a side of \(side)", found: "\(side)",
        expected: "1 or more")
    }
    let given = options.inputShape.map { isLast && $0.count == 3 ? [$0[1], $0[2], $0[0]] : $0 }
    let rank = hasShape ? declared.count : given?.count ?? 0
    let known = (0..<rank).compactMap { place -> Int? in
      if hasShape, let side = declared[place] { return side }
      guard let given, given.count == rank, given[place] > 0 else { return nil }
      return given[place]
    }
    guard known.count == rank, rank > 0 || hasShape else {
      throw InterchangeError(
        .ambiguous, file: file,
        "input `\(input.name)` has sides that the file leaves open; give those of one example, "
          + "channels first, with --input-shape",
        found: "\(declared.map { $0.map(String.init) ?? "?" })")
    }
    return known
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
