import SpectrimCore
import Testing

@Suite struct ModelInputTests {
  @Test func bytesBecomeUnitNumbersByDefault() throws {
    let input = try ModelInput(shape: [1, 28, 28], layout: .chw)
    #expect(input.elementCount == 784)
    #expect(input.normalization.apply(0) == 0)
    #expect(input.normalization.apply(255) == 1)
    #expect(input.normalization.byteTable == (0..<256).map { Float(Double($0) / 255) })
  }

  @Test func normalizationScalesThenSubtractsThenDivides() throws {
    let normalization = try Normalization(scale: 0.5, mean: 1, deviation: 4)
    #expect(normalization.apply(10) == 1)
    #expect(try Normalization().apply(-3.5) == -3.5)
  }

  @Test(arguments: [
    (Double.nan, 0, 1), (1, Double.infinity, 1), (1, 0, Double.nan), (1, 0, 0),
  ])
  func aNormalizationThatGivesNoNumbersIsRefused(scale: Double, mean: Double, deviation: Double) {
    #expect(
      throws: ModelError.invalid("normalization scale \(scale), mean \(mean), std \(deviation)")
    ) { try Normalization(scale: scale, mean: mean, deviation: deviation) }
  }

  @Test(arguments: [
    ([], ModelInput.Layout.flat), ([0], .flat), ([28, 28], .flat), ([28, 28], .chw),
    ([1, -28, 28], .hwc), ([1 << 32, 1 << 32, 1], .chw),
  ])
  func aShapeThatDoesNotFitItsLayoutIsRefused(shape: [Int], layout: ModelInput.Layout) {
    #expect(
      throws: ModelError.invalid("an input of shape \(shape) with layout `\(layout.rawValue)`")
    ) { try ModelInput(shape: shape, layout: layout) }
  }
}
