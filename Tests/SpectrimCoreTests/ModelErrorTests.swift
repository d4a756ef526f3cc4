import SpectrimCore
import Testing

@Suite struct ModelErrorTests {
  private func weight(_ rowCount: Int, _ columnCount: Int) -> WeightMatrix {
    WeightMatrix(Matrix(repeating: 0, Shape(rowCount, columnCount)))
  }

  @Test func theTextNamesWhatWasFoundAndExpected() {
    #expect(
      ModelError.ranksDiffer(left: "U", Shape(9, 3), right: "V", Shape(7, 2)).description
        == "rank 3 of U differs from rank 2 of V; re-convert the model")
    #expect(
      ModelError.shapeMismatch("bias", found: Shape(1, 2), expected: Shape(3, 4)).description
        == "bias has shape 1×2, expected 3×4")
    #expect(ModelError.invalid("two layers named `a`").description == "two layers named `a`")
  }

  @Test func twoFactorsShareTheirRank() throws {
    #expect(throws: ModelError.ranksDiffer(left: "U", Shape(9, 3), right: "V", Shape(7, 2))) {
      try Factorized(u: weight(9, 3), v: weight(7, 2))
    }
    let (u, v) = try (
      QuantizedMatrix(codes: Matrix(repeating: 0, Shape(9, 3)), bitsPerWeight: 8),
      QuantizedMatrix(codes: Matrix(repeating: 0, Shape(7, 2)), bitsPerWeight: 8)
    )
    #expect(throws: ModelError.ranksDiffer(left: "U", Shape(9, 3), right: "V", Shape(7, 2))) {
      try QuantizedLowRank(u: u, v: v)
    }
  }

  @Test func aChainHasTwoFactorsOrMore() {
    #expect(throws: ModelError.invalid("a chain of 1 factors; expected two or more")) {
      try FactorChain([weight(2, 2)])
    }
  }

  @Test func neighboursInAChainShareTheirSide() {
    #expect(throws: ModelError.ranksDiffer(left: "F1", Shape(4, 3), right: "F2", Shape(6, 2))) {
      try FactorChain([weight(5, 4), weight(4, 3), weight(2, 6)])
    }
  }

  @Test func theFactorsOfAnAdapterShareTheirRank() {
    #expect(throws: ModelError.ranksDiffer(left: "B", Shape(9, 3), right: "A", Shape(7, 2))) {
      try LoRA.Adapter(name: "a", a: weight(2, 7), b: weight(9, 3), alpha: 1, scaling: 1)
    }
  }

  @Test(arguments: [(Double.nan, 1.0), (1.0, Double.nan), (1.0, 1e300)])
  func anAdapterScalesByANumber(alpha: Double, scaling: Double) {
    #expect(throws: ModelError.invalid("adapter `a` with alpha \(alpha), scaling \(scaling)")) {
      try LoRA.Adapter(name: "a", a: weight(2, 7), b: weight(9, 2), alpha: alpha, scaling: scaling)
    }
  }

  @Test func adaptersFitTheirBaseAndHaveTheirOwnNames() throws {
    let base = Representation.dense(weight(9, 7))
    let adapter = try LoRA.Adapter(
      name: "a", a: weight(2, 7), b: weight(9, 2), alpha: 1, scaling: 1)
    let wide = try LoRA.Adapter(
      name: "wide", a: weight(2, 8), b: weight(9, 2), alpha: 1, scaling: 1)
    #expect(throws: ModelError.invalid("a LoRA weight without an adapter")) {
      try LoRA(base: base, adapters: [])
    }
    #expect(throws: ModelError.invalid("two adapters named `a`")) {
      try LoRA(base: base, adapters: [adapter, adapter])
    }
    #expect(
      throws: ModelError.shapeMismatch(
        "adapter `wide`", found: Shape(9, 8), expected: Shape(9, 7))
    ) { try LoRA(base: base, adapters: [adapter, wide]) }
  }
}
