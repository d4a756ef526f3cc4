import SpectrimCore
import SpectrimTraining
import Testing

@Test(arguments: Initializer.allCases)
func drawnWeightsHaveTheVarianceOfTheirRule(initializer: Initializer) {
  var generator = SeededGenerator(seed: 1)
  let matrix = initializer.matrix(Shape(300, 500), using: &generator)
  let values = matrix.elements.map(Double.init)
  let mean = values.reduce(0, +) / Double(values.count)
  let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
  let expected = initializer.variance(inputCount: 500, outputCount: 300)
  // 150 000 draws: five deviations of the mean, and of the variance (kurtosis at most 3).
  #expect(abs(mean) < 5 * (expected / 150_000).squareRoot())
  #expect(abs(variance / expected - 1) < 5 * (2.0 / 150_000).squareRoot())
}

@Test func pytorchDrawsWeightsAndBiasesWithinTheSameLimit() throws {
  let model = try Model.multilayerPerceptron(
    name: "m", widths: [100, 50, 10], input: try ModelInput(shape: [100]), seed: 1)
  let values = model.layers[0].weight.materialized().elements + (model.layers[0].bias?.values ?? [])
  let largest = try #require(values.map { abs($0) }.max())
  #expect(largest <= 0.1)
  #expect(largest > 0.099)
  #expect(model.layers[0].initializer == .pytorch)
  #expect(model.layers.map(\.activation) == [.relu, .none])
  #expect(model.layers.map(\.name) == ["fc1", "fc2"])
}

@Test func softmaxRegressionStartsFromZero() throws {
  let model = try Recipe.softmaxRegression.initialModel(name: "softmax")
  #expect(model.layers[0].weight.materialized().elements.allSatisfy { $0 == 0 })
  #expect(model.layers[0].bias?.values.allSatisfy { $0 == 0 } == true)
  // 784 · 10 + 10, the answer to the question of the practical.
  #expect(model.parameterCount == 7850)
}

@Test func factorsAreUsedWhereTheyAreSmaller() throws {
  let input = try ModelInput(shape: [784])
  let factorized = try Model.multilayerPerceptron(
    name: "m", widths: [784, 500, 300, 10], form: .factorized(rank: 30),
    initial: .drawn(.glorot), input: input, seed: 1)
  // At rank 10 (clamped) the last layer's factors would have 3100 weights for 3000.
  #expect(factorized.layers.map(\.weight.kind) == [.factorized, .factorized, .dense])
  #expect(factorized.layers.map(\.weight.rank) == [30, 30, nil])
  #expect(factorized.layers.map(\.initializer) == [nil, nil, .glorot])
  let chain = try Model.multilayerPerceptron(
    name: "m", widths: [784, 500, 10], form: .chain(stages: [40, 20]), input: input, seed: 1)
  guard case .chain(let factors) = chain.layers[0].weight else {
    Issue.record("no chain")
    return
  }
  #expect(factors.stages == [40, 20])
}

@Test func widthsThatMakeNoNetworkAreRefused() throws {
  let input = try ModelInput(shape: [784])
  #expect(throws: ModelError.invalid("layers [784]; expected two or more positive widths")) {
    _ = try Model.multilayerPerceptron(name: "m", widths: [784], input: input, seed: 1)
  }
}
