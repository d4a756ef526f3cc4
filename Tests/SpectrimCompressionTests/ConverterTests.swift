import Foundation
import SpectrimCompression
import SpectrimCore
import SpectrimTestSupport
import Testing

@Test(arguments: [
  "auto", "full", "mp", "mp:notebook", "energy=0.9", "error=0.3", "fixed=8", "ratio=4",
])
func savedPlanReplaysToTheSameResult(rule: String) throws {
  let model = try TestModels.network()
  for quantize in [nil, "none", "5"] {
    let first = try CompressionSettings(rank: rule, quantize: quantize, autoError: 0.3)
      .converted(model)
    let text = try JSONEncoder().encode(first.plan)
    let plan = try JSONDecoder().decode(Plan.self, from: text)
    #expect(plan == first.plan)
    // A fresh analysis, so that nothing comes from a cache.
    let again = try Converter(plan: plan).convert(AnalysedModel(model))
    #expect(again == first)
  }
}

@Test func editedPlanIsFollowed() throws {
  let model = try TestModels.network()
  var plan = try CompressionSettings(rank: "mp").plan(model)
  plan.layers[0].rank = 3
  plan.layers[0].bits = 4
  let result = try Converter(plan: plan).convert(AnalysedModel(model))
  #expect(result.layers[0].weight.rank == 3)
  #expect(result.layers[0].weight.bitsPerWeight == 4)
}

/// Eckart–Young: the error of the truncation is the tail of the spectrum, by numpy in float64.
@Test(.needsPython, arguments: [1, 5, 20, 39])
func truncationHasTheErrorOfNumpysTail(rank: Int) throws {
  let matrix = TestModels.trained(Shape(40, 64), spikes: 4)
  let folder = try TemporaryDirectory()
  try matrix.write(to: folder.path("w"))
  let program = """
    import sys, numpy as np
    w = np.fromfile(sys.argv[1], np.float32).reshape(40, 64).astype(np.float64)
    s = np.linalg.svd(w, compute_uv=False) ** 2
    r = int(sys.argv[2])
    print(np.sqrt(s[r:].sum() / s.sum()), s[:r].sum() / s.sum())
    """
  let numbers = try Python.run(program, [folder.path("w"), "\(rank)"])
    .split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
  let plan = LayerPlan(
    name: "fc1", rule: "fixed=\(rank)", representation: .factorized, rank: rank, reason: "")
  let result = try Converter(plan: Plan(layers: [plan]))
    .convert(AnalysedModel(TestModels.model([matrix])))
  // Figures have six digits; the factors are floats, 2⁻²⁴ each.
  #expect(abs(result.figures[0].relativeError - numbers[0]) < 2e-6)
  #expect(abs(result.figures[0].energyKept - numbers[1]) <= 0.5e-6)
}

@Test func figuresAreThoseOfTheStoredMatrix() throws {
  let model = try TestModels.network()
  let result = try CompressionSettings(rank: "mp", quantize: "4").converted(model)
  for (index, figures) in result.figures.enumerated() {
    let error = model.layers[index].weight.materialized()
      .relativeDistance(to: result.layers[index].weight.materialized())
    #expect(abs(figures.relativeError - error) < 1e-6)
  }
  #expect(result.figures[0].spikes == 6)
  #expect(result.figures[2].energyKept == 1)
}

@Test func singularValuesAreSplitEvenlyBetweenTheFactors() throws {
  let model = try TestModels.model([TestModels.diagonal([9, 4, 1], Shape(40, 50))])
  let result = try CompressionSettings(rank: "fixed=3", quantize: "none").converted(model)
  guard case .factorized(let factors) = result.layers[0].weight else {
    Issue.record("\(result.layers[0].weight.kind)")
    return
  }
  for (column, root) in [Float(3), 2, 1].enumerated() {
    #expect(abs(factors.u.values[column, column] - root) < 1e-6)
    #expect(abs(factors.v.values[column, column] - root) < 1e-6)
  }
}

@Test func channelScalesStandPerRowOfUAndPerColumnOfV() throws {
  let result = try CompressionSettings(rank: "fixed=5").converted(TestModels.network())
  guard case .quantizedLowRank(let factors) = result.layers[0].weight else {
    Issue.record("\(result.layers[0].weight.kind)")
    return
  }
  #expect(factors.u.rowFactors?.count == 100)
  #expect(factors.u.columnFactors == nil)
  #expect(factors.v.rowFactors == nil)
  #expect(factors.v.columnFactors?.count == 5)
}

@Test func biasIsHalvedOnlyBesideCodesAndOnlyWhereFinite() throws {
  let model = try TestModels.network()
  let codes = try CompressionSettings(rank: "mp").converted(model)
  guard case .values(let values, .float16)? = codes.layers[0].bias else {
    Issue.record("not float16")
    return
  }
  for (rounded, exact) in zip(values, model.layers[0].bias?.values ?? []) {
    #expect(abs(rounded - exact) <= max(abs(exact) * 0x1p-11, 0x1p-25))
  }
  let floats = try CompressionSettings(rank: "mp", quantize: "none").converted(model)
  #expect(floats.layers[0].bias == model.layers[0].bias)

  let large = try Layer(
    name: "fc1", weight: .dense(WeightMatrix(TestModels.noise(Shape(2, 3)))),
    bias: Bias([1e6, 1]))
  let one = try Model(name: "one", input: ModelInput(shape: [3]), layers: [large])
  #expect(try CompressionSettings(rank: "full").converted(one).layers[0].bias == large.bias)
}

@Test func floatsKeepTheTypeOfTheirDenseSource() throws {
  let weight = WeightMatrix(TestModels.product(Shape(50, 60), rank: 2), storedAs: .bfloat16)
  let layer = try Layer(name: "fc1", weight: .dense(weight))
  let model = try Model(name: "half", input: ModelInput(shape: [60]), layers: [layer])
  let result = try CompressionSettings(rank: "fixed=2", quantize: "none").converted(model)
  guard case .factorized(let factors) = result.layers[0].weight else {
    Issue.record("\(result.layers[0].weight.kind)")
    return
  }
  #expect(factors.u.elementType == .bfloat16)
  #expect(factors.byteCount == 2 * (50 + 60) * 2)
}

@Test func chainIsTheTruncationAtItsSmallestStage() throws {
  let model = try TestModels.model([TestModels.trained(Shape(80, 90), spikes: 5)])
  let settings = CompressionSettings(treatment: .stages([20, 8, 8]))
  let result = try settings.converted(model)
  guard case .chain(let chain) = result.layers[0].weight else {
    Issue.record("\(result.layers[0].weight.kind)")
    return
  }
  #expect(
    chain.factors.map(\.shape) == [Shape(80, 20), Shape(20, 8), Shape(8, 8), Shape(8, 90)])
  #expect(result.plan.layers[0].stages == [20, 8, 8])
  let truncated = try CompressionSettings(rank: "fixed=8", quantize: "none").converted(model)
  #expect(
    abs(result.figures[0].relativeError - truncated.figures[0].relativeError) < 1e-6)
  #expect(result.figures[0].energyKept == truncated.figures[0].energyKept)
}

@Test func chainIsClampedAndDoesNotPayOnAHead() throws {
  let settings = CompressionSettings(treatment: .stages([64, 32]))
  let plan = try settings.plan(TestModels.model([TestModels.noise(Shape(10, 300))]))
  #expect(plan.layers[0].representation == .dense)
  #expect(plan.layers[0].reason.contains("clamped"))
  #expect(plan.layers[0].reason.contains("chain 10·10 float32"))
}

@Test func recordHoldsPlanAndFigures() throws {
  let training = TrainingRecord(settings: ["lr": "0.02"], history: [])
  let source = ConversionRecord.Source(format: "keras", sha256: "00")
  let trained = try TestModels.network()
  let model = try trained.replacing(
    layers: trained.layers,
    record: ConversionRecord(tool: "t", source: .init(format: "training"), training: training))
  let result = try CompressionSettings(rank: "mp").converted(model)
  let record = try #require(
    try result.model(tool: "spectrim 1", source: source, stamp: "today").record)
  #expect(record.plan == result.plan)
  #expect(record.figures == result.figures)
  // How the source was trained stands in the source, which is named by its digest.
  #expect(record.training == nil)
  #expect(record.source == source)
  #expect(record.stamp == "today")
}
