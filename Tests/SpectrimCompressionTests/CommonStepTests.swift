import Foundation
import SpectrimCompression
import SpectrimCore
import Testing

private let limits = [0.9, 0.375, 0.1, 0.02, 0.01, 1e-3]

/// Tiny and hostile matrices beside ordinary ones.
private let matrices: [(name: String, matrix: Matrix<Float>)] = {
  var matrices = [
    Shape(1, 1), Shape(1, 9), Shape(9, 1), Shape(3, 3), Shape(40, 40), Shape(10, 300),
  ]
  .map { ("normal \($0)", TestModels.noise($0, sigma: 0.05)) }
  matrices += [
    ("zero", Matrix(repeating: 0, Shape(40, 50))),
    ("one entry", TestModels.diagonal([3], Shape(40, 50))),
    ("rank 2", TestModels.product(Shape(64, 48), rank: 2)),
    ("rank 40", TestModels.product(Shape(64, 48), rank: 40)),
    ("trained", TestModels.trained(Shape(100, 160), spikes: 6)),
    ("two values", Matrix(Shape(40, 50), (0..<2000).map { $0 % 3 == 0 ? 0.25 : -0.25 })),
    ("an outlier", TestModels.diagonal([1e6], Shape(40, 50), noise: 0.1)),
    ("tiny", TestModels.noise(Shape(40, 50), sigma: 1e-37)),
    ("subnormal", TestModels.noise(Shape(40, 50), sigma: 1e-41)),
    ("huge", TestModels.noise(Shape(40, 50), sigma: 1e37)),
  ]
  return matrices
}()

private func price(_ layer: Layer) -> Int { ByteEstimate.price(of: layer.weight) }

@Test(arguments: matrices.indices)
func automaticChoiceIsNoLargerThanTheSourceAndRowsOf8Bits(index: Int) throws {
  let (name, matrix) = matrices[index]
  let model = try TestModels.model([matrix])
  let rows = LayerPlan(
    name: "fc1", rule: "", representation: .quantized, bits: 8, scale: .channel, reason: "")
  let int8 = try Converter(plan: Plan(layers: [rows])).convert(AnalysedModel(model))
  for limit in limits {
    let result = try CompressionSettings(rank: "auto", autoError: limit).converted(model)
    let found = price(result.layers[0])
    #expect(result.figures[0].relativeError <= limit + 1e-6, "\(name)")
    #expect(found <= price(model.layers[0]), "\(name), limit \(limit)")
    // A head has a quarter of the limit.
    if int8.figures[0].relativeError <= limit / 4 {
      #expect(found <= price(int8.layers[0]), "\(name), limit \(limit)")
    }
  }
}

@Test(arguments: [0.6, 0.375, 0.2, 0.1, 0.05])
func aCommonStepUsesTheLimitUp(limit: Double) throws {
  let model = try TestModels.model([TestModels.noise(Shape(200, 300), sigma: 0.03)])
  let result = try CompressionSettings(rank: "auto", autoError: limit).converted(model)
  let plan = result.plan.layers[0]
  #expect(plan.representation == .quantized && plan.scale == .tensor)
  let step = try #require(plan.step)
  #expect(result.figures[0].relativeError > 0.99 * limit)
  // As wide as the largest code needs.
  guard case .quantized(let weight) = result.layers[0].weight else { return }
  let largest = try #require(weight.codes.elements.map { abs($0) }.max())
  let bits = try #require(plan.bits)
  #expect(largest <= QuantizedMatrix.largestCode(bitsPerWeight: bits))
  #expect(bits == 2 || largest > QuantizedMatrix.largestCode(bitsPerWeight: bits - 1))
  #expect(plan.reason.contains("dense \(bits)-bit of step "))
  #expect(weight.rowFactors == .scales([step], storedAs: .float32))
}

@Test(arguments: [0.5, 0.2, 0.05, 0.02])
func factorsOfOneStepBeatThoseOfBitWidths(limit: Double) throws {
  let signal = TestModels.product(Shape(120, 160), rank: 12)
  let rest = TestModels.noise(Shape(120, 160), sigma: 0.01, seed: 9)
  let model = try TestModels.model([
    Matrix(signal.shape, zip(signal.elements, rest.elements).map { $0 + $1 })
  ])
  let steps = try CompressionSettings(rank: "auto", scale: .tensor, autoError: limit)
    .converted(model)
  let widths = try CompressionSettings(rank: "auto", scale: .channel, autoError: limit)
    .converted(model)
  #expect(steps.plan.layers[0].representation == .quantizedLowRank)
  #expect(steps.figures[0].relativeError <= limit)
  #expect(steps.figures[0].relativeError > 0.97 * limit)
  #expect(price(steps.layers[0]) < price(widths.layers[0]))
  guard case .quantizedLowRank(let factors) = steps.layers[0].weight else { return }
  #expect(factors.u.rowFactors == factors.v.rowFactors)
}

@Test func aPlanWithStepsIsReplayedToTheLastBit() throws {
  let model = try TestModels.network()
  for limit in [0.5, 0.1, 0.03] {
    let made = try CompressionSettings(rank: "auto", autoError: limit).converted(model)
    #expect(made.plan.layers.contains { $0.step != nil })
    let saved = try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(made.plan))
    #expect(saved == made.plan)
    let replayed = try Converter(plan: saved, threadCount: 3).convert(AnalysedModel(model))
    #expect(replayed.layers == made.layers)
    #expect(replayed.figures == made.figures)
  }
}

@Test func aHeadHasAtMostAQuarterOfTheLimit() throws {
  let model = try TestModels.model([TestModels.noise(Shape(10, 784))])
  let result = try CompressionSettings(rank: "auto", autoError: 0.4).converted(model)
  #expect(result.figures[0].relativeError <= 0.1)
  #expect(result.plan.layers[0].reason.contains("within 0.1;"))
}
