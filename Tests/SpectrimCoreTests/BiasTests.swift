import SpectrimCore
import Testing

@Suite struct BiasTests {
  @Test func floatsAreRoundedToTheStoredType() {
    let bias = Bias([1, 0.1], storedAs: .float16)
    #expect(bias.values == [1, 0.099_975_586])
    #expect(bias.count == 2)
    #expect(bias.byteCount == 4)
    #expect(Bias([1, 0.1]).byteCount == 8)
  }

  @Test func codesArePowersOfTwoApart() {
    let bias = Bias.codes([3, -127, 0, 1], exponents: [-2, 1, 5, -127])
    #expect(bias.values == [0.75, -254, 0, 0x1p-127])
    #expect(bias.count == 4)
    #expect(bias.byteCount == 8)
  }

  @Test func anEmptyBiasHasNoBytes() {
    #expect(Bias([]).values.isEmpty)
    #expect(Bias([]).byteCount == 0)
  }
}
