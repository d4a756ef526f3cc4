import SpectrimCore
import SpectrimInference
import SpectrimTestSupport
import Testing

/// As for linear layers: sums of at most 300 products in 32 bits, through two layers.
private let tolerance: Float = 1e-4

private func batch(_ model: Model, count: Int, seed: UInt64 = 2) -> Matrix<Float> {
  var generator = SeededGenerator(seed: seed)
  return .random(Shape(count, model.input.elementCount), &generator)
}

private func isClose(_ model: Model, _ batch: Matrix<Float>) -> Bool {
  relativeError(Engine(model).scores(for: batch), model.scores(for: batch)) < tolerance
}

@Suite struct ConvolutionTests {
  @Test(arguments: Representation.Kind.allCases, ConvolutionCase.allCases)
  func everyFormGivesWhatTheReferenceGives(
    kind: Representation.Kind, form: ConvolutionCase
  ) throws {
    let model = try randomConvolution(form, kind, seed: 1)
    #expect(isClose(model, batch(model, count: 1)))
    #expect(isClose(model, batch(model, count: 3)))
  }

  @Test(arguments: [ModelInput.Layout.chw, .hwc], [1, 63, 64, 65, 200])
  func everyCountGivesWhatTheReferenceGives(layout: ModelInput.Layout, count: Int) throws {
    let model = try randomSteps(layout: layout, seed: 3)
    #expect(isClose(model, batch(model, count: count)))
  }

  @Test(arguments: ConvolutionCase.allCases)
  func interleavedChannelsGiveWhatTheReferenceGives(form: ConvolutionCase) throws {
    let model = try randomConvolution(form, .dense, layout: .hwc, seed: 4)
    #expect(isClose(model, batch(model, count: 2)))
  }

  @Test(arguments: Pooling.Kind.allCases, [true, false])
  func everyPoolingGivesWhatTheReferenceGives(kind: Pooling.Kind, countsPadding: Bool) throws {
    let windows = [
      try Window(kernel: Extent(2), stride: Extent(2)),
      try Window(kernel: Extent(3), stride: Extent(height: 1, width: 2)),
      try Window(kernel: Extent(3), padding: Padding(top: 2, left: 0, bottom: 1, right: 2)),
      try Window(kernel: Extent(height: 2, width: 3), dilation: Extent(height: 3, width: 2)),
      try Window(kernel: Extent(height: 7, width: 9)),
    ]
    var generator = SeededGenerator(seed: 5)
    for window in windows {
      let weight = try Representation.random(.dense, Shape(3, 3), rank: 0, &generator)
      let layer = try Layer(
        name: "conv", operation: .conv2d(Convolution(window: Window(kernel: Extent(1)))),
        weight: weight)
      let pooling = try Pooling(kind, window: window, countsPadding: countsPadding)
      // The model ends with a map, whose scores have the channel first.
      let model = try Model(
        name: "m", input: ModelInput(shape: [3, 7, 9], layout: .chw),
        steps: [.layer(layer), .transform(Transform(name: "pool", .pool(pooling)))])
      #expect(isClose(model, batch(model, count: 3)))
    }
  }

  @Test func aPoolingKeepsANaNAndNegativeNumbers() throws {
    let one = try Layer(
      name: "conv", operation: .conv2d(Convolution(window: Window(kernel: Extent(1)))),
      weight: .dense(WeightMatrix(Matrix(rows: [[1]]))))
    let pooling = try Pooling(
      .maximum, window: Window(kernel: Extent(3), stride: Extent(2), padding: Padding(1)))
    let model = try Model(
      name: "m", input: ModelInput(shape: [1, 2, 4], layout: .chw),
      steps: [.layer(one), .transform(Transform(name: "pool", .pool(pooling)))])
    let input = Matrix<Float>(rows: [[-3, -5, -4, -7, -2, -9, -8, -.infinity]])
    #expect(Engine(model).scores(for: input) == Matrix(rows: [[-2, -4]]))
    let broken = Matrix<Float>(rows: [[-3, .nan, -4, -7, -2, -9, -8, -6]])
    #expect(Engine(model).scores(for: broken).elements.count { $0.isNaN } == 2)
  }

  @Test func aFlattenedMapIsGivenWithTheChannelFirst() throws {
    let model = try randomConvolution(.plain, .dense, seed: 6)
    let maps = try Model(name: "m", input: model.input, steps: Array(model.steps.prefix(2)))
    #expect(isClose(maps, batch(maps, count: 3)))
  }

  @Test func aLinearLayerTakesMapsAsTheyCome() throws {
    for layout in [ModelInput.Layout.chw, .hwc] {
      var generator = SeededGenerator(seed: 7)
      let layer = try randomLayer("fc", .dense, Shape(4, 24), rank: 0, .none, &generator)
      let model = try Model(
        name: "m", input: ModelInput(shape: [2, 4, 3], layout: layout), layers: [layer])
      #expect(isClose(model, batch(model, count: 3)))
    }
  }

  @Test func pixelsOfMapsGiveTheScoresOfTheNormalizedBatch() throws {
    let normalization = try Normalization(scale: 1.0 / 255, mean: 0.5, deviation: 0.25)
    let network = try randomSteps(layout: .hwc, seed: 8)
    let model = try Model(
      name: "m", input: ModelInput(shape: [8, 8, 3], layout: .hwc, normalization: normalization),
      steps: network.steps)
    var generator = SeededGenerator(seed: 9)
    let pixels = (0..<70 * 192).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let values = Matrix(Shape(70, 192), pixels.map { normalization.apply(Double($0)) })
    let engine = Engine(model)
    #expect(engine.scores(pixels: pixels, count: 70) == engine.scores(for: values))
  }

  @Test func manyThreadsGetWhatOneThreadGets() async throws {
    let model = try randomSteps(seed: 17)
    let engine = Engine(model)
    let batches = [1, 40, 64, 150].map { batch(model, count: $0) }
    let expected = batches.map { engine.scores(for: $0) }
    let equalCount = await withTaskGroup(of: Int.self) { group in
      for task in 0..<8 {
        group.addTask {
          (0..<10).count {
            let index = (task + $0) % batches.count
            return engine.scores(for: batches[index]) == expected[index]
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(equalCount == 80)
  }
}

@Suite struct WorkspaceTests {
  private func run(_ engine: Engine, count: Int, _ workspace: inout Workspace) {
    let inputs = [Float](repeating: 0.5, count: count * engine.input.elementCount)
    var scores = [Float](repeating: 0, count: count * engine.outputCount)
    var output = scores.mutableSpan
    engine.score(inputs.span, count: count, into: &output, workspace: &workspace)
    _ = scores
  }

  @Test func aSecondCallNeedsNoMoreMemory() throws {
    let engine = Engine(try randomSteps(seed: 1))
    var workspace = Workspace()
    run(engine, count: 100, &workspace)
    let byteCount = workspace.byteCount
    #expect(byteCount > 0)
    for count in [1, 64, 100, 1000] { run(engine, count: count, &workspace) }
    #expect(workspace.byteCount == byteCount)
  }

  @Test func largeMapsGoThroughAFewAtATime() throws {
    var generator = SeededGenerator(seed: 1)
    let weight = try Representation.random(.dense, Shape(8, 27), rank: 0, &generator)
    let convolution = try Convolution(window: Window(kernel: Extent(3), padding: Padding(1)))
    let pooling = try Pooling(.average, window: Window(kernel: Extent(200)))
    let engine = Engine(
      try Model(
        name: "m", input: ModelInput(shape: [200, 200, 3], layout: .hwc),
        steps: [
          .layer(Layer(name: "conv", operation: .conv2d(convolution), weight: weight)),
          .transform(Transform(name: "pool", .pool(pooling))),
        ]))
    var workspace = Workspace()
    run(engine, count: 20, &workspace)
    // Two maps of 8·200·200 numbers and a quarter of a MiB of patches; 20 images would take 51 MB.
    #expect(workspace.byteCount < 2 * 4 * 320_000 + (1 << 19))
  }
}
