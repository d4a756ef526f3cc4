import SpectrimCompression
import SpectrimCore
import Testing

private func price(_ layer: Layer) -> Int { ByteEstimate.price(of: layer.weight) }

@Test(arguments: [0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 1e-4, 0])
func automaticChoiceKeepsItsLimitAndIsNeverLarger(limit: Double) throws {
  let model = try TestModels.network()
  for scale in [nil, ScaleScheme.channel, .tensor] {
    let result = try CompressionSettings(rank: "auto", scale: scale, autoError: limit)
      .converted(model)
    for (index, layer) in result.layers.enumerated() {
      #expect(price(layer) <= price(model.layers[index]))
      let error = model.layers[index].weight.materialized().relativeDistance(
        to: layer.weight.materialized())
      // Float sums in another order than those of the converter.
      #expect(error <= limit + 1e-6)
      #expect(abs(error - result.figures[index].relativeError) < 1e-6)
    }
  }
}

@Test(arguments: [0.5, 0.1, 0.02])
func automaticChoiceTriesBothSchemesUnlessOneIsAskedFor(limit: Double) throws {
  let model = try TestModels.network()
  let bytes = try [nil, ScaleScheme.channel, .tensor].map { scale in
    try CompressionSettings(rank: "auto", scale: scale, autoError: limit)
      .converted(model).layers.map(price)
  }
  for index in model.layers.indices {
    #expect(bytes[0][index] == min(bytes[1][index], bytes[2][index]))
  }
}

@Test func automaticChoiceStatesTheErrorAndNoAccuracy() throws {
  let plan = try CompressionSettings(rank: "auto", autoError: 0.1).plan(TestModels.network())
  // √(weights / most weights) of the limit: equal slope.
  for (layer, limit) in zip(plan.layers, ["0.1", "0.0612", "0.0194"]) {
    #expect(layer.rule == "auto")
    #expect(layer.reason.contains("; total error 0."))
    #expect(layer.reason.contains("within \(limit);"), "\(layer.reason)")
    #expect(!layer.reason.contains("ccuracy"))
  }
}

/// The best of all that the rule may choose from, by trying everything.
private func exhaustive(_ model: Model, limit: Double) throws -> Int {
  let matrix = model.layers[0].weight.materialized()
  var best = price(model.layers[0])
  for bits in 4...8 {
    var plans = [
      LayerPlan(
        name: "fc1", rule: "test", representation: .quantized, bits: bits, scale: .channel,
        reason: "")
    ]
    for rank in 1..<matrix.shape.smallerSide {
      plans.append(
        LayerPlan(
          name: "fc1", rule: "test", representation: .quantizedLowRank, rank: rank, bits: bits,
          scale: .channel, reason: ""))
    }
    for plan in plans {
      let result = try Converter(plan: Plan(layers: [plan])).convert(AnalysedModel(model))
      if result.figures[0].relativeError <= limit { best = min(best, price(result.layers[0])) }
    }
  }
  return best
}

@Test(arguments: [0.5, 0.25, 0.1, 0.03])
func automaticChoiceFindsTheSmallestOfAll(limit: Double) throws {
  let model = try TestModels.model([
    TestModels.trained(Shape(40, 56), spikes: 5, seed: 31)
  ])
  let result = try CompressionSettings(rank: "auto", scale: .channel, autoError: limit)
    .converted(model)
  let best = try exhaustive(model, limit: limit)
  // The walk over ranks may stop one component late, about a fifteenth of so small a layer.
  #expect(Double(price(result.layers[0])) <= 1.07 * Double(best))
}

@Test func lowRankMatrixBecomesFactorsByItself() throws {
  let model = try TestModels.model([TestModels.product(Shape(100, 120), rank: 5)])
  let plan = try CompressionSettings(rank: "auto").plan(model)
  #expect(plan.layers[0].representation == .quantizedLowRank)
  #expect(plan.layers[0].rank == 5)
  let floats = try CompressionSettings(rank: "auto", quantize: "none").plan(model)
  #expect(floats.layers[0].representation == .factorized)
  #expect(floats.layers[0].rank == 5)
}

@Test func headIsNotCutByTheAutomaticChoice() throws {
  let model = try TestModels.model([TestModels.product(Shape(10, 300), rank: 2)])
  let plan = try CompressionSettings(rank: "auto", autoError: 0.5).plan(model)
  #expect(plan.layers[0].representation == .quantized)
}

@Test func compactSourceIsNotMadeLarger() throws {
  let dense = try TestModels.model([TestModels.product(Shape(100, 120), rank: 4)])
  let compact = try CompressionSettings(rank: "fixed=4", quantize: "3").converted(dense)
  let model = try dense.replacing(layers: compact.layers, record: nil)
  let result = try CompressionSettings(rank: "auto", autoError: 1e-3).converted(model)
  #expect(price(result.layers[0]) <= price(model.layers[0]))
  #expect(result.layers[0].weight == model.layers[0].weight)
}

@Test func automaticWidthBesideARuleLimitsTheRounding() throws {
  let model = try TestModels.network()
  let loose = try CompressionSettings(rank: "mp", quantize: "auto", autoError: 0.2).converted(model)
  let tight = try CompressionSettings(rank: "mp", quantize: "auto", autoError: 0.005)
    .converted(model)
  let bits = zip(loose.plan.layers, tight.plan.layers).map { ($0.bits ?? 0, $1.bits ?? 0) }
  #expect(bits.allSatisfy { $0 < $1 })
}
