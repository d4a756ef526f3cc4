import SpectrimCompression
import SpectrimCore
import Testing

@Test func overrideIsSplitAtTheLastArrow() throws {
  let override = try LayerOverride("a=>b.*=>rank:fixed=3,quantize:6,scale:tensor")
  #expect(override.pattern == "a=>b.*")
  #expect(
    override.settings == [.treatment(.rank(.fixed(3))), .quantization(.bits(6)), .scale(.tensor)])
}

@Test(arguments: [
  ("fc=>keep:dense", LayerOverride.Setting.treatment(.keepDense)),
  ("fc=>skip", .treatment(.skip)), ("fc=>quantize:none", .quantization(.floats)),
  ("fc=>quantize:auto", .quantization(.automatic)), ("fc=>scale:channel", .scale(.channel)),
  ("fc=>rank:mp:sigma=init", .treatment(.rank(.marchenkoPastur(.method(.initialization))))),
  ("fc=>rank:mp:notebook", .treatment(.rank(.notebook))),
  ("fc=>prune:magnitude=0.5", .pruning(.magnitude(0.5))),
  ("fc=>prune:columns", .pruning(.columns(nil))),
])
func everySettingIsRead(text: String, setting: LayerOverride.Setting) throws {
  #expect(try LayerOverride(text).settings == [setting])
}

@Test(arguments: [
  "fc1", "=>skip", "fc(=>skip", "fc=>", "fc=>rank", "fc=>rank:fixed=0", "fc=>quantize:9",
  "fc=>scale:row", "fc=>keep:sparse", "fc=>skip,", "fc=>colour:red", "fc=>prune:0.5",
])
func badOverrideIsAUsageError(text: String) {
  let error = #expect(throws: CompressionError.self) { try LayerOverride(text) }
  #expect(error?.isUsage == true)
}

@Test func patternMustMatchTheWholeName() throws {
  let model = try TestModels.network()
  let error = #expect(throws: CompressionError.self) {
    try CompressionSettings(rank: "full", layers: ["fc=>skip"]).plan(model)
  }
  #expect(error == .unmatchedPattern("fc", near: ["fc1", "fc2", "fc3"]))
  let plan = try CompressionSettings(rank: "full", layers: ["fc[12]=>skip"]).plan(model)
  #expect(plan.layers.map(\.rule) == ["skip", "skip", "full"])
}

@Test func nearNamesAreOrderedByDistance() throws {
  let matrices = (0..<4).map { TestModels.noise(Shape(4, 4), seed: $0 + 1) }
  let model = try TestModels.model(matrices)
  let error = #expect(throws: CompressionError.self) {
    try CompressionSettings(rank: "full", layers: ["fx3=>skip"]).plan(model)
  }
  #expect(error == .unmatchedPattern("fx3", near: ["fc3", "fc1", "fc2"]))
}

@Test func laterSettingsWin() throws {
  let plan = try CompressionSettings(
    rank: "full", layers: [".*=>rank:fixed=5,quantize:4", "fc2=>quantize:none", "fc3=>skip"]
  ).plan(try TestModels.network())
  #expect(plan.layers.map(\.bits) == [4, nil, nil])
  #expect(plan.layers.map(\.representation) == [.quantizedLowRank, .factorized, nil])
}

@Test func tooLargeRankIsAnErrorOnlyWhereTheLayerIsNamed() throws {
  let model = try TestModels.network()
  let clamped = try CompressionSettings(rank: "fixed=90").plan(model)
  #expect(clamped.layers[1].reason.contains("keeps 60 of 60, clamped to min(m, n)"))
  let error = #expect(throws: CompressionError.self) {
    try CompressionSettings(rank: "fixed=8", layers: ["fc2=>rank:fixed=90"]).plan(model)
  }
  #expect(error == .rankTooLarge(layer: "fc2", rank: 90, shape: Shape(60, 100)))
}

@Test func chainIsNotQuantized() throws {
  let settings = CompressionSettings(treatment: .stages([20, 10]), quantization: .bits(8))
  let error = #expect(throws: CompressionError.self) { try settings.plan(TestModels.network()) }
  #expect(error?.isUsage == true)
}

@Test func limitOfTheAutomaticRuleIsChecked() throws {
  let error = #expect(throws: CompressionError.self) {
    try CompressionSettings(rank: "auto", autoError: 1).plan(TestModels.network())
  }
  #expect(error?.isUsage == true)
}
