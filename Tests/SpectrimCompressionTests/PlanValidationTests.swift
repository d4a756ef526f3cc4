import SpectrimCompression
import SpectrimCore
import Testing

private func problem(_ edit: (inout Plan) -> Void) throws -> String? {
  let model = try TestModels.network()
  var plan = try CompressionSettings(rank: "fixed=5").plan(model)
  edit(&plan)
  let error = #expect(throws: CompressionError.self) {
    try Converter(plan: plan).convert(AnalysedModel(model))
  }
  #expect(error?.isUsage == false)
  return error?.description
}

@Test func unknownMissingAndRepeatedLayersAreNamed() throws {
  #expect(
    try problem { $0.layers[1].name = "fc9" }
      == "plan, layer `fc9`: the model has no such layer; near names: `fc1`, `fc2`, `fc3`")
  #expect(
    try problem { $0.layers.remove(at: 1) }
      == "plan, layer `fc2`: the plan says nothing about it; add `skip`")
  #expect(
    try problem { $0.layers.append($0.layers[0]) }
      == "plan, layer `fc1`: it stands twice in the plan")
}

@Test(arguments: [-1, 0, 101])
func rankOutsideTheShapeIsRefused(rank: Int) throws {
  #expect(
    try problem { $0.layers[0].rank = rank }
      == "plan, layer `fc1`: rank \(rank) for shape 100×160, expected 1 to 100")
}

@Test(arguments: [-8, 0, 1, 9])
func bitsOutsideTwoToEightAreRefused(bits: Int) throws {
  #expect(
    try problem { $0.layers[0].bits = bits }
      == "plan, layer `fc1`: \(bits) bits, expected 2 to 8")
}

@Test(arguments: [
  (StorageSettings(codec: .zstd, level: 23), "1 to 22"),
  (StorageSettings(codec: .zstd, level: 1 << 62), "1 to 22"),
  (StorageSettings(codec: .gzip, level: -1), "0 to 9"),
])
func aLevelThatTheCodecDoesNotHaveIsRefused(storage: StorageSettings, levels: String) throws {
  #expect(
    try problem { $0.storage = storage }
      == "plan: level \(storage.level ?? 0) with `\(storage.codec.rawValue)`, expected \(levels)")
}

@Test func aLevelWithoutCompressionIsRefused() throws {
  #expect(
    try problem { $0.storage = StorageSettings(codec: .none, level: 3) }
      == "plan: level 3 with `none`, which has none; remove it")
}

@Test(arguments: [-0.5, .infinity, .nan])
func noiseThatIsNoDeviationIsRefused(sigma: Double) throws {
  #expect(
    try problem { $0.layers[0].noise = NoiseEstimate(method: .given, sigma: sigma) }
      == "plan, layer `fc1`: noise of deviation \(sigma) for shape 100×160, expected 0 or more")
}

@Test func partsThatAreMissingAreNamed() throws {
  #expect(try problem { $0.layers[0].rank = nil } == "plan, layer `fc1`: `rank` is missing")
  #expect(try problem { $0.layers[0].bits = nil } == "plan, layer `fc1`: `bits` are missing")
  #expect(try problem { $0.layers[0].scale = nil } == "plan, layer `fc1`: `scale` is missing")
  #expect(
    try problem {
      $0.layers[0] = LayerPlan(name: "fc1", rule: "", representation: .chain, reason: "")
    }
      == "plan, layer `fc1`: `stages` are missing")
}

@Test func partsThatDoNotBelongAreNamed() throws {
  #expect(
    try problem { $0.layers[0].representation = .dense }
      == "plan, layer `fc1`: `rank` with dense; remove it")
  #expect(
    try problem { $0.layers[0].representation = .factorized }
      == "plan, layer `fc1`: `bits` with factorized; remove it")
  #expect(
    try problem { $0.layers[0].representation = nil }
      == "plan, layer `fc1`: `rank` with a copied layer; remove it")
  #expect(
    try problem { $0.layers[0].stages = [4] }
      == "plan, layer `fc1`: `stages` with quantized_low_rank; remove it")
}

@Test func growingStagesAreRefused() throws {
  let description = try problem {
    $0.layers[0] = LayerPlan(
      name: "fc1", rule: "", representation: .chain, stages: [8, 9], reason: "")
  }
  #expect(
    description
      == "plan, layer `fc1`: stages [8, 9] for shape 100×160, expected each from 1 to the one before"
  )
}

@Test func loraCannotBePlanned() throws {
  #expect(try problem { $0.layers[0].representation = .lora }?.contains("`lora`") == true)
}

@Test func notFiniteLayerIsOnlyCopied() throws {
  var matrix = TestModels.noise(Shape(4, 4))
  matrix[0, 0] = .infinity
  let model = try TestModels.model([matrix])
  let plan = Plan(layers: [
    LayerPlan(name: "fc1", rule: "", representation: .dense, reason: "")
  ])
  let error = #expect(throws: CompressionError.self) {
    try Converter(plan: plan).convert(AnalysedModel(model))
  }
  #expect(error?.description.contains("not all finite") == true)
}

@Test(arguments: [0, -0.5, Float.infinity, .nan])
func aStepThatIsNoneIsRefused(step: Float) throws {
  let description = try problem { ($0.layers[0].scale, $0.layers[0].step) = (.tensor, step) }
  #expect(description == "plan, layer `fc1`: a step of \(step), expected above 0")
}

@Test func aStepIsThatOfAllCodes() throws {
  #expect(
    try problem { $0.layers[0].step = 0.5 }
      == "plan, layer `fc1`: `step` with a scale per channel; expected `tensor`, or no step")
  #expect(
    try problem {
      $0.layers[0] = LayerPlan(
        name: "fc1", rule: "", representation: .dense, step: 0.5, reason: "")
    } == "plan, layer `fc1`: `step` with dense; remove it")
}

@Test func aCopiedLayerIsNotPruned() throws {
  #expect(
    try problem {
      $0.layers[0] = LayerPlan(
        name: "fc1", rule: "", representation: nil, pruning: .columns(0.5), reason: "")
    } == "plan, layer `fc1`: `pruning` with a copied layer; remove it")
}

@Test func neuronsOfTheLastLayerAreNotPlanned() throws {
  let description = try problem { $0.layers[2].pruning = .neurons(0.5) }
  #expect(
    description
      == "plan, layer `fc3`: no neurons can go, because its outputs are those of the model")
}
