import SpectrimCompression
import SpectrimCore
import SpectrimSpectra
import Testing

/// 40 singular values: 4, 2, 2, 1, 1, … zeros; the energy is 16 + 4 + 4 + 1 + 1 = 26.
private let known = [4.0, 2, 2, 1, 1] + Array(repeating: 0, count: 35)

private func rank(
  _ rule: String, _ values: [Double] = known, _ shape: Shape = Shape(40, 60),
  initializer: Initializer? = nil, isNamed: Bool = false
) throws -> RankChoice {
  let layer = LayerSpectrum(
    name: "fc", spectrum: EmpiricalSpectrum(singularValues: values, shape: shape),
    initializer: initializer, isNamed: isNamed)
  return try #require(RankRule(rule).spectralRule).choice(for: layer)
}

@Test(arguments: [("full", 40), ("fixed=3", 3), ("fixed=40", 40), ("fixed=41", 40)])
func rankThatIsGivenIsClamped(rule: String, expected: Int) throws {
  #expect(try rank(rule).rank == expected)
}

@Test func clampedRankSaysSo() throws {
  #expect(try rank("fixed=41").sentence.contains("clamped to min(m, n)"))
  #expect(try !rank("fixed=40").sentence.contains("clamped"))
}

@Test func tooLargeRankForANamedLayerIsAnError() {
  let error = #expect(throws: CompressionError.self) { try rank("fixed=41", isNamed: true) }
  #expect(error == .rankTooLarge(layer: "fc", rank: 41, shape: Shape(40, 60)))
  #expect(error?.isUsage == true)
}

// With singular values 4, 2, 2, … and no others the energies are binary fractions: exact ties.
@Test(arguments: [
  ("energy=0.5", 1), ("energy=0.5000001", 2), ("energy=0.75", 3), ("energy=0.625", 2),
  ("energy=0.875", 4), ("energy=1", 5), ("energy=0.0001", 1),
])
func energyIsTheSmallestRankThatReachesTheShare(rule: String, expected: Int) throws {
  // Energies 16, 4, 4, 4, 4 of 32.
  #expect(try rank(rule, [4, 2, 2, 2, 2]).rank == expected)
}

@Test(arguments: [
  ("error=0", 5), ("error=0.5", 3), ("error=0.4999999", 4), ("error=0.25", 5), ("error=0.71", 1),
])
func errorIsTheSmallestRankWithinTheLimit(rule: String, expected: Int) throws {
  // Tails 16, 12, 8, 4, 0 of 32: relative errors √½, √⅜, ½, √⅛, 0.
  #expect(try rank(rule, [4, 2, 2, 2, 2]).rank == expected)
}

/// Exercise 11.1.1: the rank from a compression constraint.
@Test(arguments: [
  (1.0, Shape(1024, 512), 341), (8, Shape(1024, 512), 42), (2, Shape(6, 6), 1),
  (1, Shape(6, 6), 3), (0.001, Shape(6, 6), 6), (1000, Shape(6, 6), 1), (2.5, Shape(500, 784), 122),
])
func ratioIsTheLargestRankThatFits(ratio: Double, shape: Shape, expected: Int) throws {
  let values = Array(repeating: 1.0, count: shape.smallerSide)
  let choice = try rank("ratio=\(ratio)", values, shape)
  #expect(choice.rank == expected)
  let side = shape.rowCount + shape.columnCount
  let allowed = Double(shape.elementCount) / ratio
  if Double(side) <= allowed { #expect(Double(choice.rank * side) <= allowed) }
  if choice.rank < shape.smallerSide { #expect(Double((choice.rank + 1) * side) > allowed) }
}

@Test func ratioThatEvenRankOneMissesSaysSo() throws {
  #expect(try rank("ratio=1000").sentence.contains("rank 1 is more than the ratio allows"))
}

@Test func edgeComesFromTheInitializerWhereItIsKnown() throws {
  // σ = 1/√(3·60), edge σ(√60 + √40) = 1.0488.
  let choice = try rank("mp", initializer: .pytorch)
  #expect(choice.rank == 3)
  let cut = try #require(choice.noise?.cut)
  #expect(cut.noise.method == .initialization)
  #expect(abs(cut.law.edge - 1.04879) < 1e-4)
  #expect(choice.sentence.contains("from init, edge 1.05, Q 1.5"))
  #expect(choice.sentence.contains("from bulk keeps"))
  #expect(abs(choice.energyKept - 0.9231) < 1e-4)
  #expect(abs(choice.relativeError - 0.277) < 1e-3)
}

@Test func edgeComesFromTheBulkOtherwise() throws {
  let choice = try rank("mp")
  #expect(choice.noise?.cut.noise.method == .bulk)
}

@Test func givenSigmaSetsTheEdge() throws {
  // Edge σ(√60 + √40) with σ = 0.15: 2.11, between 4 and 2.
  #expect(try rank("mp:sigma=0.15").rank == 1)
  #expect(try rank("mp:sigma=0.1").rank == 3)
}

@Test func sigmaOfAnUnknownInitializerIsAUsageError() {
  let error = #expect(throws: CompressionError.self) { try rank("mp:sigma=init") }
  #expect(error?.isUsage == true)
  #expect(error?.description.contains("`fc`") == true)
}

@Test(arguments: ["mp", "mp:sigma=bulk", "mp:sigma=median", "mp:sigma=9"])
func shortSpectrumIsNeverThresholded(rule: String) throws {
  let choice = try rank(rule, Array(repeating: 1, count: 32), Shape(32, 300), initializer: .he)
  #expect(choice.rank == 32)
  #expect(choice.sentence.contains("never thresholded"))
}

@Test(arguments: ["mp", "mp:sigma=bulk", "mp:sigma=9", "energy=0.5", "error=0.5", "ratio=900"])
func noRuleReturnsRankZero(rule: String) throws {
  #expect(try rank(rule, []).rank == 1)
  #expect(try rank(rule, [1, 1]).rank >= 1)
}

@Test func notebookCutsAtOnePlusTheRootOfTheAspect() throws {
  // Head 10×300: cut 1 + √30 = 6.48, above every singular value of a trained head.
  #expect(try rank("mp:notebook", [2.4, 2.2, 1.8], Shape(10, 300)).rank == 0)
  // 500×784: cut 2.252.
  #expect(try rank("mp:notebook", [2.26, 2.25, 1.2], Shape(500, 784)).rank == 1)
  #expect(try rank("mp:notebook", [2.26, 2.25, 1.2], Shape(784, 500)).rank == 2)
}
