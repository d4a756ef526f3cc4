import SpectrimCompression
import SpectrimCore
import Testing

@Test(arguments: [
  ("auto", RankRule.automatic), ("full", .full), ("mp", .marchenkoPastur(.best)),
  ("mp:notebook", .notebook), ("mp:sigma=init", .marchenkoPastur(.method(.initialization))),
  ("mp:sigma=bulk", .marchenkoPastur(.method(.bulk))),
  ("mp:sigma=median", .marchenkoPastur(.method(.median))),
  ("mp:sigma=0.02", .marchenkoPastur(.given(0.02))), ("energy=0.95", .energy(0.95)),
  ("energy=1", .energy(1)), ("error=0", .error(0)), ("error=0.05", .error(0.05)),
  ("fixed=1", .fixed(1)), ("fixed=64", .fixed(64)), ("ratio=4", .ratio(4)),
  ("ratio=2.5", .ratio(2.5)),
])
func ruleIsReadAndWrittenBack(text: String, rule: RankRule) throws {
  #expect(try RankRule(text) == rule)
  #expect(rule.description == text)
}

@Test(arguments: [
  ("", "energy=0.95"), ("auto=1", "energy=0.95"), ("MP", "energy=0.95"),
  ("mp:sigma=", "mp:sigma=bulk"), ("mp:sigma=0", "mp:sigma=bulk"),
  ("mp:sigma=nan", "mp:sigma=bulk"), ("energy=0", "energy=0.95"), ("energy=1.01", "energy=0.95"),
  ("energy=", "energy=0.95"), ("error=1", "error=0.05"), ("error=-0.1", "error=0.05"),
  ("fixed=0", "fixed=64"), ("fixed=-3", "fixed=64"), ("fixed=2.5", "fixed=64"),
  ("ratio=0", "ratio=4"), ("ratio=inf", "ratio=4"), ("rank=3", "energy=0.95"),
])
func badRuleIsAUsageErrorWithAnExample(text: String, example: String) throws {
  let error = try #require(throws: CompressionError.self) { try RankRule(text) }
  guard case .usage("rank", let found, _, let shown) = error else {
    Issue.record("\(error)")
    return
  }
  #expect(found == text)
  #expect(shown == example)
  #expect(error.isUsage)
}

@Test func usageErrorIsOneLineWithFoundExpectedAndExample() {
  #expect(throws: CompressionError.self) { try RankRule("fixed=0") }
  let error = #expect(throws: CompressionError.self) { try RankRule("fixed=0") }
  #expect(
    error?.description
      == "rank: found `fixed=0`, expected a whole rank of at least 1; for example `fixed=64`")
}

@Test(arguments: QuantizationRequest.widths.map { "\($0)" } + ["auto", "none"])
func quantizationIsReadAndWrittenBack(text: String) throws {
  #expect(try QuantizationRequest(text).description == text)
}

@Test(arguments: ["1", "9", "", "8 bits", "AUTO"])
func badQuantizationIsAUsageError(text: String) {
  let error = #expect(throws: CompressionError.self) { try QuantizationRequest(text) }
  #expect(error?.isUsage == true)
}

@Test func stagesAreReadAndBadOnesRefused() throws {
  #expect(try LayerTreatment(stages: "64,32") == .stages([64, 32]))
  #expect(LayerTreatment.stages([64, 32]).description == "stages=64,32")
  for text in ["", "0", "64,", "a", "64,-1"] {
    #expect(throws: CompressionError.self) { try LayerTreatment(stages: text) }
  }
}
