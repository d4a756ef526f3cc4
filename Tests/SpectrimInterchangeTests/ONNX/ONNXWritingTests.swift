import Foundation
import SpectrimCore
import SpectrimInterchange
import SpectrimTestSupport
import Testing

@Suite struct ONNXWritingTests {
  /// A step between two others, with a weight of some kind.
  private static func linear(_ kind: Representation.Kind, seed: UInt64) throws -> Model {
    var generator = SeededGenerator(seed: seed)
    let layers = try [(10, 12), (7, 10)].enumerated().map { index, sides in
      try Layer(
        name: "block.\(index)",
        weight: .random(kind, Shape(sides.0, sides.1), rank: 3, &generator),
        bias: index == 0 ? Bias((0..<sides.0).map { Float($0) / 8 }, storedAs: .float16) : nil,
        activation: index == 0 ? .gelu : .softmax)
    }
    return try Model(name: "linear", input: ModelInput(shape: [12]), layers: layers)
  }

  private static func convolutional(
    _ kind: Representation.Kind, groups: Int, layout: ModelInput.Layout = .chw
  ) throws -> Model {
    var generator = SeededGenerator(seed: 5)
    let window = try Window(
      kernel: Extent(height: 3, width: 2), stride: Extent(height: 1, width: 2),
      padding: Padding(top: 1, left: 0, bottom: 0, right: 1))
    let convolution = try Convolution(window: window, groups: groups)
    let pooling = try Pooling(
      .average, window: Window(kernel: Extent(2), padding: Padding(1)), countsPadding: true)
    let steps: [Step] = [
      .layer(
        try Layer(
          name: "conv", operation: .conv2d(convolution),
          weight: .random(kind, Shape(8, 4 / groups * 6), rank: 3, &generator),
          bias: .codes((0..<8).map { Int8($0) - 4 }, exponents: (0..<8).map { Int8($0) - 6 }),
          activation: .leakyReLU(slope: 0.25))),
      .transform(try Transform(name: "pool", .pool(pooling))),
      .transform(
        try Transform(
          name: "bn",
          .affine(
            ChannelAffine(
              scale: (0..<8).map { Float($0) / 4 }, shift: (0..<8).map { 1 - Float($0) })))),
      .transform(try Transform(name: "silu", .activation(.swish))),
      .transform(try Transform(name: "flat", .flatten)),
      .layer(try Layer(name: "fc", weight: .random(kind, Shape(3, 200), rank: 2, &generator))),
    ]
    let shape = layout == .chw ? [4, 5, 7] : [5, 7, 4]
    return try Model(
      name: "convolutional", input: ModelInput(shape: shape, layout: layout), steps: steps)
  }

  /// Checks scores against ONNX Runtime, and that reading gives the same names and representations.
  private func check(_ model: Model, sides: [Int], tolerance: Double = 1e-5) throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("model.onnx")
    _ = try ONNXFile.write(model, to: path)
    var generator = SeededGenerator(seed: 11)
    let batch = Matrix<Float>.random(Shape(3, model.input.elementCount), &generator)
    let expected = model.scores(for: batch)
    let scores = try ONNXRuntime.scores(of: path, for: batch, sides: sides)
    #expect(scores.count == expected.elements.count)
    for (found, score) in zip(scores, expected.elements) {
      #expect(abs(found - Double(score)) <= tolerance * max(1, abs(Double(score))))
    }
    let read = try ONNXFixture.model(try ONNXFile.read(at: path))
    #expect(read.steps.map(\.name) == model.steps.map(\.name))
    #expect(read.layers.map(\.weight.kind) == model.layers.map(\.weight.kind))
    #expect(read.layers.map(\.activation) == model.layers.map(\.activation))
    #expect(read.layers.map(\.bias) == model.layers.map(\.bias))
    #expect(read.input.shape == model.input.shape && read.input.layout == model.input.layout)
    let again = read.scores(for: batch)
    for (found, score) in zip(again.elements, expected.elements) {
      #expect(abs(found - score) <= 1e-5 * max(1, abs(score)))
    }
  }

  @Test(.needsONNXRuntime, arguments: Representation.Kind.allCases)
  func linearLayersRunAndComeBack(kind: Representation.Kind) throws {
    try check(Self.linear(kind, seed: 3), sides: [12])
  }

  @Test(.needsONNXRuntime, arguments: Representation.Kind.allCases, [1, 2])
  func convolutionsRunAndComeBack(kind: Representation.Kind, groups: Int) throws {
    try check(Self.convolutional(kind, groups: groups), sides: [4, 5, 7], tolerance: 2e-5)
  }

  @Test(.needsONNXRuntime) func channelsThatComeLastAreBroughtToTheFront() throws {
    try check(Self.convolutional(.dense, groups: 1, layout: .hwc), sides: [5, 7, 4])
  }

  @Test(.needsONNXRuntime) func everyRepresentationInOneModelRuns() throws {
    try check(SampleLayers.model(), sides: [12], tolerance: 1e-4)
  }

  /// Every step without a weight and every function.
  @Test(.needsONNXRuntime) func everyStepRuns() throws {
    var generator = SeededGenerator(seed: 2)
    func weight(_ rows: Int, _ columns: Int) -> Representation {
      .dense(WeightMatrix(.random(Shape(rows, columns), &generator), storedAs: .bfloat16))
    }
    let functions = Activation.allCases.filter { $0 != .none && $0 != .softmax }
    var steps: [Step] = [
      .layer(
        try Layer(
          name: "conv", operation: .conv2d(Convolution(window: Window(kernel: Extent(1)))),
          weight: weight(3, 2))),
      .transform(
        try Transform(
          name: "max", .pool(Pooling(.maximum, window: Window(kernel: Extent(2)))))),
      .transform(
        try Transform(
          name: "mean",
          .pool(
            Pooling(
              .average, window: Window(kernel: Extent(2), padding: Padding(1), dilation: Extent(2))
            )))),
      .transform(
        try Transform(
          name: "norm",
          .layerNormalization(
            LayerNormalization(
              scale: (0..<75).map { Float($0) / 50 }, shift: (0..<75).map { Float($0) / 99 },
              epsilon: 1e-3)))),
      .transform(try Transform(name: "flat", .flatten)),
      .layer(try Layer(name: "fc", weight: weight(5, 75))),
    ]
    for function in functions {
      steps.append(
        .transform(try Transform(name: "f.\(function.kind.rawValue)", .activation(function))))
      steps.append(
        .transform(
          try Transform(
            name: "scale.\(function.kind.rawValue)",
            .affine(
              ChannelAffine(scale: [2, -1, 3, 1, -2], shift: [0, 0.5, -0.5, 1, -1])))))
    }
    let model = try Model(
      name: "steps", input: ModelInput(shape: [2, 6, 6], layout: .chw), steps: steps)
    let folder = try TemporaryDirectory()
    let path = folder.path("model.onnx")
    let notes = try ONNXFile.write(model, to: path)
    #expect(notes.count == 1)
    let batch = Matrix<Float>.random(Shape(4, 72), &generator)
    let scores = try ONNXRuntime.scores(of: path, for: batch, sides: [2, 6, 6])
    let read = try ONNXFixture.model(try ONNXFile.read(at: path)).scores(for: batch)
    for (index, score) in model.scores(for: batch).elements.enumerated() {
      #expect(abs(scores[index] - Double(score)) <= 2e-4 * max(1, abs(Double(score))))
      #expect(abs(read.elements[index] - score) <= 2e-4 * max(1, abs(score)))
    }
  }

  @Test func aQuantizedModelIsASmallFile() throws {
    var generator = SeededGenerator(seed: 4)
    func codes(_ rows: Int, _ columns: Int) throws -> QuantizedMatrix {
      let codes = (0..<rows * columns).map { _ in Int8.random(in: -127...127, using: &generator) }
      return try QuantizedMatrix(
        codes: Matrix(Shape(rows, columns), codes), bitsPerWeight: 8,
        rowFactors: .scales((0..<rows).map { _ in 0.01 }, storedAs: .float32))
    }
    let weight = Representation.quantizedLowRank(
      try QuantizedLowRank(u: codes(300, 40), v: codes(784, 40)))
    let model = try Model(
      name: "small", input: ModelInput(shape: [784]), layers: [Layer(name: "fc1", weight: weight)])
    let folder = try TemporaryDirectory()
    _ = try ONNXFile.write(model, to: folder.path("a.onnx"))
    _ = try ONNXFile.write(model, to: folder.path("b.onnx"))
    let bytes = try Data(contentsOf: URL(filePath: folder.path("a.onnx")))
    #expect(bytes.count < weight.byteCount + 1200)
    #expect(try bytes == Data(contentsOf: URL(filePath: folder.path("b.onnx"))))
    let read = try ONNXFixture.model(try ONNXFile.read(at: folder.path("a.onnx")))
    #expect(read.layers[0].weight == weight)
  }

  @Test func exponentsAndAbsentRowsComeBack() throws {
    var generator = SeededGenerator(seed: 9)
    let matrix = try QuantizedMatrix.random(Shape(20, 30), &generator)
    let model = try Model(
      name: "m", input: ModelInput(shape: [30]),
      layers: [Layer(name: "fc", weight: .quantized(matrix))])
    let folder = try TemporaryDirectory()
    _ = try ONNXFile.write(model, to: folder.path("m.onnx"))
    let weight = try ONNXFixture.model(try ONNXFile.read(at: folder.path("m.onnx"))).layers[0]
      .weight
    guard case .quantized(let read) = weight else {
      Issue.record("expected codes")
      return
    }
    #expect(read.rowFactors == matrix.rowFactors && read.columnFactors == matrix.columnFactors)
    #expect(read.codes == matrix.codes)
  }

  @Test func aFolderThatIsNotThereCannotBeWrittenTo() throws {
    let model = try Self.linear(.dense, seed: 1)
    let error = #expect(throws: InterchangeError.self) {
      try ONNXFile.write(model, to: "/nowhere/model.onnx")
    }
    #expect(error?.code == .cannotWrite)
  }

  @Test func aFactorOfRankZeroIsRefused() throws {
    let empty = WeightMatrix(Matrix<Float>(Shape(3, 0), []))
    let inputs = WeightMatrix(Matrix<Float>(Shape(2, 0), []))
    let model = try Model(
      name: "m", input: ModelInput(shape: [2]),
      layers: [Layer(name: "fc", weight: .factorized(Factorized(u: empty, v: inputs)))])
    let folder = try TemporaryDirectory()
    let error = #expect(throws: InterchangeError.self) {
      try ONNXFile.write(model, to: folder.path("m.onnx"))
    }
    #expect(error?.code == .unsupported)
  }
}
