import SpectrimCompression
import SpectrimCore
import SpectrimTestSupport
import Testing

/// Weights of several sizes and tensors that are none.
private struct Source: CheckpointSource {
  let name = "source"
  let entries: [CheckpointEntry]
  private let contents: [CheckpointContent]

  init() {
    var (entries, contents): ([CheckpointEntry], [CheckpointContent]) = ([], [])
    for (index, shape) in [Shape(60, 90), Shape(20, 30), Shape(30, 20), Shape(90, 60)].enumerated()
    {
      entries.append(
        CheckpointEntry(
          name: "w\(index)", type: .float32, shape: [shape.rowCount, shape.columnCount]))
      contents.append(
        .weight(.dense(WeightMatrix(TestModels.noise(shape, seed: UInt64(index))))))
      entries.append(CheckpointEntry(name: "b\(index)", type: .int64, shape: [1]))
      contents.append(
        .plain(Tensor(type: .int64, shape: [1], bytes: [UInt8(index), 0, 0, 0, 0, 0, 0, 0])))
    }
    (self.entries, self.contents) = (entries, contents)
  }

  func content(of index: Int) -> CheckpointContent { contents[index] }
}

private func compress(
  _ order: CheckpointCompression.Order, threads: Int = 1
) throws -> (contents: [CheckpointContent], outcome: CheckpointCompression.Outcome) {
  var contents: [CheckpointContent] = []
  let outcome = try CheckpointCompression(order, threadCount: threads).run(Source()) {
    contents.append($0)
  }
  return (contents, outcome)
}

@Suite struct CheckpointCompressionTests {
  let settings = CompressionSettings(treatment: .rank(.fixed(5)), quantization: .bits(8))

  @Test func weightsAreConvertedAndAllElseIsCopied() throws {
    let (contents, outcome) = try compress(.settings(settings))
    let source = Source()
    #expect(contents.count == source.entries.count)
    for (index, content) in contents.enumerated() {
      switch content {
      case .weight(let weight):
        #expect(weight.kind == .quantizedLowRank)
        #expect(weight.rank == 5)
      case .plain: #expect(content == source.content(of: index))
      }
    }
    #expect(outcome.plan.layers.map(\.name) == ["w0", "w1", "w2", "w3"])
    #expect(outcome.figures.map(\.name) == ["w0", "w1", "w2", "w3"])
  }

  @Test func aCheckpointIsConvertedLikeAModel() throws {
    let (contents, outcome) = try compress(.settings(settings))
    let model = try Model(
      name: "one", input: ModelInput(shape: [90]),
      layers: [
        Layer(name: "w0", weight: .dense(WeightMatrix(TestModels.noise(Shape(60, 90), seed: 0))))
      ])
    let analysed = AnalysedModel(model)
    let plan = try Planner(settings: settings).plan(for: analysed)
    let conversion = try Converter(plan: plan).convert(analysed)
    #expect(contents[0] == .weight(conversion.layers[0].weight))
    #expect(outcome.plan.layers[0] == plan.layers[0])
    #expect(outcome.figures[0] == conversion.figures[0])
  }

  @Test(arguments: [2, 3, 8])
  func threadsChangeNothing(count: Int) throws {
    let (contents, outcome) = try compress(.settings(CompressionSettings()))
    let (others, otherOutcome) = try compress(.settings(CompressionSettings()), threads: count)
    #expect(contents == others)
    #expect(outcome == otherOutcome)
  }

  @Test func aReplayedPlanGivesTheSame() throws {
    let (contents, outcome) = try compress(.settings(settings))
    let (others, replayed) = try compress(.plan(outcome.plan))
    #expect(contents == others)
    #expect(outcome == replayed)
  }

  @Test func aPlanForOtherNamesIsRefused() throws {
    var plan = try compress(.settings(settings)).outcome.plan
    plan.layers[1].name = "w9"
    #expect(throws: CompressionError.self) { try compress(.plan(plan)) }
  }

  @Test func smallTensorsGoTogetherAsFarAsTheLargestAllows() {
    let waves = CheckpointCompression.waves(costs: [10, 3, 3, 3, 3, 10, 1], width: 4)
    #expect(waves == [0..<1, 1..<4, 4..<5, 5..<6, 6..<7])
    #expect(CheckpointCompression.waves(costs: [5, 5, 5], width: 1) == [0..<1, 1..<2, 2..<3])
    #expect(CheckpointCompression.waves(costs: [], width: 2) == [])
  }
}
