import SpectrimCore
import SpectrimTestSupport
import Testing

@Suite struct LayerTests {
  let weight = Representation.dense(WeightMatrix(Matrix(rows: [[1, -2, 0], [3, 4, 5]])))

  @Test func aLayerCountsWeightsAndBiases() throws {
    let factors = try Factorized(
      u: WeightMatrix(Matrix(repeating: 1, Shape(20, 2)), storedAs: .float16),
      v: WeightMatrix(Matrix(repeating: 1, Shape(30, 2))))
    let bias = Bias.codes(Array(repeating: 1, count: 20), exponents: Array(repeating: 0, count: 20))
    let layer = try Layer(name: "fc", weight: .factorized(factors), bias: bias)
    #expect(layer.inputCount == 30)
    #expect(layer.outputCount == 20)
    #expect(layer.parameterCount == 40 + 60 + 20)
    #expect(layer.denseParameterCount == 600 + 20)
    #expect(layer.denseByteCount == 4 * 620)
    #expect(layer.byteCount == 2 * 40 + 4 * 60 + 40)
  }

  @Test func biasAndActivationFollowTheWeight() throws {
    let layer = try Layer(
      name: "fc", weight: weight, bias: Bias([0.5, -100]), activation: .relu)
    let result = layer.apply(toRows: Matrix(rows: [[1, 0, 0], [0, 1, 0], [1, 10, 20]]))
    #expect(result == Matrix(rows: [[1.5, 0], [0, 0], [0, 43]]))
    let plain = try Layer(name: "fc", weight: weight)
    #expect(plain.apply(toRows: Matrix(rows: [[1, 1, 1]])) == Matrix(rows: [[-1, 12]]))
  }

  @Test func aReplacementKeepsEverythingElse() throws {
    let layer = try Layer(
      name: "fc", weight: weight, bias: Bias([1, 2]), activation: .gelu, initializer: .he,
      inputQuantization: InputQuantization(scale: 0.5, zeroPoint: 3))
    let zero = Representation.dense(WeightMatrix(Matrix(repeating: 0, Shape(2, 3))))
    let changed = try layer.replacing(weight: zero, bias: nil)
    #expect(changed.weight == zero && changed.bias == nil)
    #expect(try changed.replacing(weight: weight, bias: Bias([1, 2])) == layer)
  }

  @Test func aLayerNeedsAName() {
    #expect(throws: ModelError.invalid("a layer without a name")) {
      try Layer(name: "", weight: weight)
    }
  }

  @Test func aBiasHasOneValuePerOutput() {
    #expect(throws: ModelError.invalid("a bias of 3 values for 2 outputs")) {
      try Layer(name: "fc", weight: weight, bias: Bias([1, 2, 3]))
    }
  }

  @Test func aReplacementHasTheSameShape() throws {
    let other = Representation.dense(WeightMatrix(Matrix(repeating: 0, Shape(3, 2))))
    let layer = try Layer(name: "fc", weight: weight)
    #expect(
      throws: ModelError.shapeMismatch(
        "the new weight", found: Shape(3, 2), expected: Shape(2, 3))
    ) { try layer.replacing(weight: other, bias: nil) }
  }
}
