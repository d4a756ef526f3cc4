import SpectrimCore
import SpectrimInference
import SpectrimTestSupport
import Testing

@Suite struct EngineTests {
  @Test(arguments: [0, 1, 2, 63, 64, 65, 200])
  func aNetworkOfAllFormsGivesWhatTheReferenceGives(count: Int) throws {
    let model = try randomNetwork(seed: 10)
    var generator = SeededGenerator(seed: 11)
    let batch = Matrix<Float>.random(Shape(count, 20), &generator)
    // Errors of 1e-6 per layer, enlarged by the slopes of six layers.
    #expect(relativeError(Engine(model).scores(for: batch), model.scores(for: batch)) < 1e-3)
  }

  @Test(arguments: [1, 64, 130])
  func pixelsGiveExactlyTheScoresOfTheNormalizedBatch(count: Int) throws {
    let normalization = try Normalization(scale: 1.0 / 255, mean: 0.1307, deviation: 0.3081)
    let network = try randomNetwork(seed: 12)
    let model = try Model(
      name: "m", input: ModelInput(shape: [20], normalization: normalization),
      layers: network.layers)
    var generator = SeededGenerator(seed: 13)
    let pixels = (0..<count * 20).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let batch = Matrix(
      Shape(count, 20), pixels.map { normalization.apply(Double($0)) })
    let engine = Engine(model)
    #expect(engine.scores(pixels: pixels, count: count) == engine.scores(for: batch))
    #expect(
      engine.predictions(pixels: pixels, count: count) == engine.predictions(for: batch))
  }

  @Test func aWorkspaceServesCountsAndEnginesInAnyOrder() throws {
    var workspace = Workspace()
    var generator = SeededGenerator(seed: 14)
    let small = try Engine(randomModel(.chain, Shape(3, 20), rank: 1, seed: 15))
    let large = try Engine(randomNetwork(seed: 16))
    for (engine, count) in [(small, 1), (large, 200), (small, 65), (large, 1), (large, 64)] {
      let batch = Matrix<Float>.random(Shape(count, 20), &generator)
      var scores = [Float](repeating: .nan, count: count * engine.outputCount)
      var output = scores.mutableSpan
      engine.score(batch.elements.span, count: count, into: &output, workspace: &workspace)
      #expect(scores == engine.scores(for: batch).elements)
    }
  }

  @Test func manyThreadsGetWhatOneThreadGets() async throws {
    let engine = try Engine(randomNetwork(seed: 17))
    var generator = SeededGenerator(seed: 18)
    let batches = [1, 40, 64, 150].map { Matrix<Float>.random(Shape($0, 20), &generator) }
    let expected = batches.map { engine.scores(for: $0) }
    let equalCount = await withTaskGroup(of: Int.self) { group in
      for task in 0..<16 {
        group.addTask {
          (0..<50).count {
            let index = (task + $0) % batches.count
            return engine.scores(for: batches[index]) == expected[index]
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(equalCount == 16 * 50)
  }
}
