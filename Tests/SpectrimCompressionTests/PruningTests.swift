import Foundation
import SpectrimCompression
import SpectrimCore
import SpectrimTestSupport
import Testing

private let words = [
  "magnitude=0.5", "magnitude=0.0", "threshold=0.02", "columns", "columns=0.1", "neurons",
  "neurons=0.25",
]

@Test(arguments: words)
func aPruningIsReadAsItIsWritten(text: String) throws {
  let pruning = try Pruning(setting: text)
  #expect(pruning.description == text)
  let coded = try JSONEncoder().encode([pruning])
  #expect(String(decoding: coded, as: UTF8.self) == "[\"\(text)\"]")
  #expect(try JSONDecoder().decode([Pruning].self, from: coded) == [pruning])
}

@Test(arguments: [
  "", "magnitude", "magnitude=", "magnitude=1.5", "magnitude=-0.1", "magnitude=nan", "threshold",
  "threshold=-1", "threshold=inf", "columns=2", "neurons=x", "rows=0.5", "0.5", "columns=0.1=2",
])
func otherWordsAreUsageErrors(text: String) {
  let error = #expect(throws: CompressionError.self) { try Pruning(setting: text) }
  #expect(error?.isUsage == true)
  #expect(error?.description.hasPrefix("prune: found `\(text)`, expected magnitude=SHARE") == true)
  #expect(throws: DecodingError.self) {
    try JSONDecoder().decode([Pruning].self, from: JSONEncoder().encode([text]))
  }
}

private func pruned(
  _ model: Model, _ prune: String, rank: String = "full", quantize: String? = "none"
) throws -> Conversion {
  try CompressionSettings(rank: rank, quantize: quantize, prune: prune).converted(model)
}

/// Entries on a grid, so that many are equal in magnitude.
private func coarse(_ shape: Shape) -> Matrix<Float> {
  let noise = TestModels.noise(shape, sigma: 3)
  return Matrix(shape, noise.elements.map { $0.rounded() / 8 })
}

@Test(
  .needsPython, arguments: [0, 0.1, 0.25, 0.5, 0.9, 1], [Shape(1, 1), Shape(7, 9), Shape(30, 40)])
func zerosAreThoseOfNumpy(share: Double, shape: Shape) throws {
  let matrix = coarse(shape)
  let folder = try TemporaryDirectory()
  try matrix.write(to: folder.path("w"))
  let program = """
    import sys, numpy as np
    w = np.fromfile(sys.argv[1], np.float32)
    count = int(np.floor(float(sys.argv[2]) * w.size + 0.5))
    w[np.argsort(np.abs(w), kind="stable")[:count]] = 0
    print(*w)
    """
  let printed = try Python.run(program, [folder.path("w"), "\(share)"])
  let expected = printed.split(whereSeparator: \.isWhitespace).compactMap { Float($0) }
  let result = try pruned(TestModels.model([matrix]), "magnitude=\(share)")
  #expect(result.layers[0].weight.materialized().elements == expected)
}

@Test func factorsArePrunedTogetherAfterTruncation() throws {
  let model = try TestModels.network()
  let floats = try pruned(model, "magnitude=0.0", rank: "fixed=6")
  let result = try pruned(model, "magnitude=0.4", rank: "fixed=6")
  for (before, after) in zip(floats.layers, result.layers).dropLast() {
    guard case .factorized(let whole) = before.weight, case .factorized(let thin) = after.weight
    else { continue }
    let all = whole.u.values.elements + whole.v.values.elements
    let kept = thin.u.values.elements + thin.v.values.elements
    let count = Int((0.4 * Double(all.count)).rounded())
    #expect(kept.count { $0 == 0 } == count)
    let smallest = kept.filter { $0 != 0 }.map { abs($0) }.min() ?? 0
    #expect(zip(all, kept).allSatisfy { $1 == $0 || abs($0) <= smallest })
  }
}

@Test func zerosStayZeroCodesOfTheRestsSteps() throws {
  let model = try TestModels.network()
  let whole = try pruned(model, "magnitude=0.0", rank: "fixed=6", quantize: "8")
  let result = try pruned(model, "magnitude=0.5", rank: "fixed=6", quantize: "8")
  for (before, after) in zip(whole.layers, result.layers) {
    guard case .quantizedLowRank(let all) = before.weight,
      case .quantizedLowRank(let some) = after.weight
    else { continue }
    for (all, some) in [(all.u, some.u), (all.v, some.v)] where all.rowFactors == some.rowFactors {
      #expect(zip(all.codes.elements, some.codes.elements).allSatisfy { $1 == 0 || $1 == $0 })
    }
    #expect(ByteEstimate.price(of: after.weight) < ByteEstimate.price(of: before.weight))
  }
}

@Test func theThresholdItselfStays() throws {
  let matrix = Matrix<Float>(Shape(2, 3), [0.5, -0.5, 0.25, 0, -0.499, 0.75])
  let result = try pruned(TestModels.model([matrix]), "threshold=0.5")
  #expect(result.layers[0].weight.materialized().elements == [0.5, -0.5, 0, 0, 0, 0.75])
}

@Test(arguments: ["auto", "full", "fixed=20"], ["none", "8", "auto"])
func zeroColumnsHaveNoCodes(rank: String, quantize: String) throws {
  var matrix = TestModels.product(Shape(60, 90), rank: 40)
  for row in 0..<60 { for column in 0..<45 { matrix[row, 2 * column] = 0 } }
  let model = try TestModels.model([matrix])
  for prune in ["columns", "columns=0.5"] {
    let result = try pruned(model, prune, rank: rank, quantize: quantize)
    let weight = result.layers[0].weight
    let values = weight.materialized()
    for row in 0..<60 { for column in 0..<45 { #expect(values[row, 2 * column] == 0) } }
    let error = matrix.relativeDistance(to: values)
    #expect(abs(error - result.figures[0].relativeError) < 1e-6)
    if quantize == "8", case .quantizedLowRank(let factors) = weight {
      #expect(factors.v.codes.rowCount == 45)
    }
  }
}

@Test func theWeakestColumnsGo() throws {
  let matrix = Matrix<Float>(Shape(2, 4), [3, 1, 0, 2, 0, 1, 2, 2])
  let result = try pruned(TestModels.model([matrix]), "columns=0.5")
  #expect(result.layers[0].weight.materialized().elements == [3, 0, 0, 2, 0, 0, 0, 2])
  #expect(abs(result.figures[0].relativeError - (6.0 / 23).squareRoot()) < 1e-6)
  #expect(abs(result.figures[0].energyKept - 17.0 / 23) < 1e-6)
}

@Test(arguments: ["magnitude=1", "columns=1", "threshold=100"], ["auto", "full", "fixed=5"])
func everythingCanBePruned(prune: String, rank: String) throws {
  for quantize in ["none", "8", "auto"] {
    let result = try pruned(TestModels.network(), prune, rank: rank, quantize: quantize)
    for layer in result.layers {
      #expect(layer.weight.materialized().elements.allSatisfy { $0 == 0 })
    }
    #expect(result.figures.allSatisfy { $0.relativeError == 1 })
  }
}

@Test(arguments: [0.3, 0.1])
func automaticChoicePrunesFirst(limit: Double) throws {
  let model = try TestModels.network()
  let result = try CompressionSettings(rank: "auto", autoError: limit, prune: "magnitude=0.5")
    .converted(model)
  let floats = try pruned(model, "magnitude=0.5")
  for (index, layer) in result.layers.enumerated() {
    let thin = floats.layers[index].weight.materialized()
    let values = layer.weight.materialized()
    #expect(zip(thin.elements, values.elements).allSatisfy { $0 != 0 || $1 == 0 })
    #expect(thin.relativeDistance(to: values) <= limit + 1e-6)
    let error = model.layers[index].weight.materialized().relativeDistance(to: values)
    #expect(abs(error - result.figures[index].relativeError) < 1e-6)
    #expect(result.plan.layers[index].reason.contains("prune magnitude=0.5: "))
  }
}

@Test(arguments: words, ["auto", "full", "fixed=6", "mp"])
func aPrunedPlanIsReplayedToTheLastBit(prune: String, rank: String) throws {
  let model = try TestModels.network()
  let made = try CompressionSettings(rank: rank, autoError: 0.2, prune: prune).converted(model)
  let saved = try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(made.plan))
  let replayed = try Converter(plan: saved, threadCount: 3).convert(AnalysedModel(model))
  #expect(replayed.layers == made.layers)
  #expect(replayed.figures == made.figures)
}

@Test func pruningIsThatOfTheLayerThatIsNamed() throws {
  let plan = try CompressionSettings(
    rank: "full", prune: "magnitude=0.5", layers: ["fc2=>prune:columns=0.1", "fc3=>skip"]
  ).plan(TestModels.network())
  #expect(plan.layers.map(\.pruning) == [.magnitude(0.5), .columns(0.1), nil])
}

@Test func tensorsWithoutAGraphHaveNoNeurons() {
  struct Source: CheckpointSource {
    let name = "source"
    let entries = [CheckpointEntry(name: "w", type: .float32, shape: [4, 4])]
    func content(of index: Int) -> CheckpointContent {
      .weight(.dense(WeightMatrix(TestModels.noise(Shape(4, 4)))))
    }
  }
  let settings = CompressionSettings(pruning: .neurons(0.5))
  let error = #expect(throws: CompressionError.self) {
    try CheckpointCompression(.settings(settings)).run(Source()) { _ in }
  }
  #expect(error?.isUsage == true)
  #expect(error?.description.contains("tensors without a graph have no neurons") == true)
}
