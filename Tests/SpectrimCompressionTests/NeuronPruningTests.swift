import SpectrimCompression
import SpectrimCore
import Testing

private func layer(
  _ name: String, _ matrix: Matrix<Float>, _ activation: Activation, bias: Bool = true
) throws -> Layer {
  try Layer(
    name: name, weight: .dense(WeightMatrix(matrix)),
    bias: bias ? Bias((0..<matrix.rowCount).map { Float($0 % 5) / 3 - 0.5 }) : nil,
    activation: activation)
}

/// Rows 2 and 7 of the first layer are zero, and nothing is made of its output 11.
private func matrices() -> [Matrix<Float>] {
  var (first, second) = (TestModels.noise(Shape(20, 12)), TestModels.noise(Shape(15, 20), seed: 2))
  for column in 0..<12 { (first[2, column], first[7, column]) = (0, 0) }
  for row in 0..<15 { second[row, 11] = 0 }
  return [first, second, TestModels.noise(Shape(4, 15), seed: 3)]
}

private func network(
  _ activation: Activation, asStep: Bool = false, bias: Bool = true
) throws -> Model {
  let all = matrices()
  var steps: [Step] = []
  for (index, matrix) in all.enumerated() {
    let isLast = index == all.count - 1
    let inside = isLast || asStep ? Activation.none : activation
    steps.append(.layer(try layer("fc\(index + 1)", matrix, inside, bias: bias)))
    if asStep, !isLast {
      steps.append(.transform(try Transform(name: "act\(index + 1)", .activation(activation))))
    }
  }
  return try Model(name: "test", input: ModelInput(shape: [12]), steps: steps)
}

private func narrowed(_ model: Model, _ prune: String, layers: [String] = []) throws -> Conversion {
  try CompressionSettings(rank: "full", quantize: "none", prune: prune, layers: layers)
    .converted(model)
}

private let activations = Activation.allCases.filter { $0 != .softmax }

@Test(arguments: activations, [false, true])
func deadNeuronsGoWithoutChangingAScore(activation: Activation, asStep: Bool) throws {
  for bias in [true, false] {
    let model = try network(activation, asStep: asStep, bias: bias)
    let conversion = try narrowed(model, "neurons")
    let result = try conversion.model(tool: "test", source: .init(format: "test"))
    #expect(result.layers.map(\.outputCount) == [17, 15, 4])
    #expect(result.layers.map(\.inputCount) == [12, 17, 15])
    let batch = TestModels.noise(Shape(50, 12), seed: 9)
    let scores = zip(model.scores(for: batch).elements, result.scores(for: batch).elements)
    // Sums of some twenty products of order one, in another order.
    #expect(scores.allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($0)) })
    // What goes in the first layers is no zero, but without effect.
    #expect(conversion.figures[0].relativeError > 0 && conversion.figures[1].relativeError > 0)
    #expect(conversion.figures[2].relativeError == 0 && conversion.figures[2].energyKept == 1)
    #expect(conversion.plan.layers[0].reason.contains("17 of 20 neurons stay"))
  }
}

@Test func theWeakestNeuronsGoFirst() throws {
  let model = try network(.relu)
  let matrices = matrices()
  let result = try narrowed(model, "neurons=0.5", layers: ["fc2=>prune:columns"])
  let scores = (0..<20).map { index in
    let row = matrices[0].row(index).reduce(0.0) { $0 + Double($1) * Double($1) }
    let column = (0..<15).reduce(0.0) { sum, output in
      sum + Double(matrices[1][output, index]) * Double(matrices[1][output, index])
    }
    return row * column
  }
  let kept = scores.indices.sorted { scores[$0] > scores[$1] }.prefix(10).sorted()
  #expect(result.layers[0].weight.materialized() == matrices[0].selecting(rows: kept))
  #expect(result.layers[1].weight.materialized() == matrices[1].selecting(columns: kept))
  // Against the whole matrix: what went counts as an error.
  var lost = matrices[0]
  for row in 0..<20 where !kept.contains(row) {
    for column in 0..<12 { lost[row, column] = 0 }
  }
  let error = matrices[0].relativeDistance(to: lost)
  #expect(abs(result.figures[0].relativeError - error) < 1e-6)
}

@Test func whatANeuronGivesAtRestGoesIntoTheNextBias() throws {
  let first = Matrix<Float>(Shape(2, 1), [0.001, 1])
  let second = Matrix<Float>(Shape(1, 2), [3, 1])
  let model = try Model(
    name: "test", input: ModelInput(shape: [1]),
    layers: [
      Layer(
        name: "a", weight: .dense(WeightMatrix(first)), bias: Bias([2, 0]), activation: .relu),
      Layer(name: "b", weight: .dense(WeightMatrix(second)), bias: Bias([0.5])),
    ])
  let result = try narrowed(model, "neurons=0.5")
  #expect(result.layers[0].bias?.values == [0])
  #expect(result.layers[1].bias?.values == [6.5])
}

@Test(arguments: ["0", "1"])
func sharesOfNothingAndAll(share: String) throws {
  let result = try narrowed(network(.relu), "neurons=\(share)")
  #expect(result.layers.map(\.outputCount) == (share == "0" ? [20, 15, 4] : [1, 1, 4]))
}

@Test func neuronsThatCannotGoStayUnlessTheirLayerIsNamed() throws {
  let model = try network(.relu)
  let plan = try narrowed(model, "neurons=0.2").plan
  #expect(plan.layers.map(\.pruning) == [.neurons(0.2), .neurons(0.2), nil])
  #expect(
    plan.layers[2].reason.hasSuffix(
      "; its neurons stay, because its outputs are those of the model"))
  let error = #expect(throws: CompressionError.self) {
    try narrowed(model, "neurons", layers: ["fc3=>prune:neurons"])
  }
  #expect(error?.isUsage == true)
  #expect(error?.description.contains("layer `fc3`") == true)
}

@Test func softmaxBetweenLayersKeepsTheNeurons() throws {
  let plan = try narrowed(network(.softmax), "neurons").plan
  #expect(plan.layers[0].reason.hasSuffix("; its neurons stay, because its softmax mixes neurons"))
}

@Test func aCompactSourceStaysCompactWithoutSomeNeurons() throws {
  let model = try network(.relu)
  let compact = try CompressionSettings(rank: "full", quantize: "8").converted(model)
  let source = try model.replacing(layers: compact.layers, record: nil)
  let result = try CompressionSettings(
    rank: "auto", autoError: 0, layers: ["fc1=>prune:neurons=0.5"]
  ).converted(source)
  #expect(result.plan.layers[0].representation == nil)
  #expect(result.layers[0].weight.kind == .quantized)
  #expect(result.layers.map(\.outputCount) == [10, 15, 4])
  let replayed = try Converter(plan: result.plan).convert(AnalysedModel(source))
  #expect(replayed == result)
}

/// Two convolutions, a pooling and a head; row 1 of the first and row 0 of the second are zero.
private func convolutions(
  padding: Int, bias: Float, pooling: Pooling.Kind = .maximum
) throws -> Model {
  func convolution(_ name: String, _ matrix: Matrix<Float>, padding: Int, dead: Int) throws -> Step
  {
    var matrix = matrix
    for column in 0..<matrix.columnCount { matrix[dead, column] = 0 }
    return .layer(
      try Layer(
        name: name,
        operation: .conv2d(
          Convolution(window: Window(kernel: Extent(3), padding: Padding(padding)))),
        weight: .dense(WeightMatrix(matrix)),
        bias: Bias(Array(repeating: bias, count: matrix.rowCount)), activation: .relu))
  }
  let half = try Window(kernel: Extent(2), stride: Extent(2))
  return try Model(
    name: "test", input: ModelInput(shape: [2, 10, 10], layout: .chw),
    steps: [
      convolution("conv1", TestModels.noise(Shape(4, 18)), padding: 1, dead: 1),
      convolution("conv2", TestModels.noise(Shape(5, 36), seed: 2), padding: padding, dead: 0),
      .transform(Transform(name: "pool", .pool(Pooling(pooling, window: half)))),
      .transform(Transform(name: "flat", .flatten)),
      .layer(
        layer("head", TestModels.noise(Shape(3, padding == 1 ? 125 : 80), seed: 3), .none)),
    ])
}

@Test(arguments: [0, 1], [Float(0.5), -0.5])
func deadChannelsGoWhereThatChangesNoScore(padding: Int, bias: Float) throws {
  for pooling in Pooling.Kind.allCases {
    let model = try convolutions(padding: padding, bias: bias, pooling: pooling)
    let conversion = try narrowed(model, "neurons")
    let result = try conversion.model(tool: "test", source: .init(format: "test"))
    // A constant that the next convolution pads with zeros is none.
    let staysInFirst = padding == 1 && bias > 0
    #expect(result.layers.map(\.outputCount) == [staysInFirst ? 4 : 3, 4, 3])
    let batch = TestModels.noise(Shape(9, 200), seed: 9)
    let scores = zip(model.scores(for: batch).elements, result.scores(for: batch).elements)
    // Sums of a hundred products of order one to ten, in another order.
    #expect(scores.allSatisfy { abs($0 - $1) <= 1e-4 * max(1, abs($0)) })
  }
}

@Test func aShareOfChannelsGoesThroughPoolingAndFlatten() throws {
  let result = try narrowed(convolutions(padding: 1, bias: 0.5), "neurons=0.4")
  #expect(result.layers.map(\.outputCount) == [2, 3, 3])
  #expect(result.layers.map(\.inputCount) == [18, 18, 75])
  let replayed = try Converter(plan: result.plan).convert(
    AnalysedModel(convolutions(padding: 1, bias: 0.5)))
  #expect(replayed == result)
}
