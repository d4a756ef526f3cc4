import SpectrimCore
import Testing

@Suite struct InitializerTests {
  /// `nn.Linear` draws from ±1/√300, whose variance is width² / 12 = 4 / (12 · 300).
  @Test func variancesAreThoseOfTheSources() {
    let variances = Initializer.allCases.map { $0.variance(inputCount: 300, outputCount: 100) }
    let expected: [Double] = [4 / 3600, 2 / 400, 2 / 300, 1 / 300]
    #expect(variances == expected)
  }
}
