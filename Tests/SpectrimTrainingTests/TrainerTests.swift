import SpectrimCore
import SpectrimTraining
import Testing

private let settings = TrainingSettings(
  optimizer: .sgd(rate: 0.05, momentum: 0.9), batchSize: 8, epochs: 3, dropout: 0.2, seed: 5)

@Test(arguments: SmallNetworks.kinds)
func theSameSeedGivesTheSameModel(kind: Representation.Kind) throws {
  let model = try SmallNetworks.model(kind, .relu, seed: 1)
  let examples = try SmallNetworks.examples(count: 30, seed: 2)
  let first = try Trainer(settings).train(model, on: examples)
  let second = try Trainer(settings).train(model, on: examples)
  #expect(first == second)
  var other = settings
  other.seed = 6
  #expect(try Trainer(other).train(model, on: examples).model != first.model)
}

@Test(arguments: SmallNetworks.kinds)
func trainingKeepsTheFormAndLowersTheLoss(kind: Representation.Kind) throws {
  let model = try SmallNetworks.model(kind, .tanh, seed: 3)
  let examples = try SmallNetworks.examples(count: 40, seed: 4)
  let long = TrainingSettings(optimizer: .adam(rate: 0.02), batchSize: 10, epochs: 60, seed: 1)
  let outcome = try Trainer(long).train(model, on: examples, tests: examples)
  #expect(outcome.model.layers.map(\.weight.kind) == model.layers.map(\.weight.kind))
  let (first, last) = (try #require(outcome.history.first), try #require(outcome.history.last))
  #expect(outcome.history.count == 60)
  #expect(last.loss < 0.8 * first.loss)
  #expect(last.testAccuracy == (try Network(outcome.model)).accuracyOfCopy(on: examples))
}

extension Network {
  fileprivate func accuracyOfCopy(on examples: Examples) -> Double {
    var copy = self
    return copy.accuracy(on: examples)
  }
}

@Test func baseAndBiasStayFrozenUnderAdapters() throws {
  let base = try SmallNetworks.model(.factorized, .relu, seed: 7)
  let adapted = try base.withAdapters(rank: 2, alpha: 4, scaling: 0.5, seed: 8)
  let inputs = SmallNetworks.batch(Shape(9, 5), seed: 9)
  #expect(adapted.scores(for: inputs) == base.scores(for: inputs))
  let trained = try Trainer(settings).train(
    adapted, on: try SmallNetworks.examples(count: 30, seed: 2)
  ).model
  for (layer, old) in zip(trained.layers, base.layers) {
    guard case .lora(let lora) = layer.weight else {
      Issue.record("layer \(layer.name) is no LoRA weight")
      continue
    }
    #expect(lora.base == old.weight)
    #expect(layer.bias == old.bias)
    #expect(lora.adapters[0].b.values.elements.contains { $0 != 0 })
    #expect(lora.adapters[0].alpha == 4 && lora.adapters[0].scaling == 0.5)
  }
}

@Test func progressReachesOneAndCanCancel() throws {
  struct Cancelled: Error {}
  let model = try SmallNetworks.model(.dense, .relu, seed: 1)
  let examples = try SmallNetworks.examples(count: 30, seed: 2)
  var fractions: [Double] = []
  _ = try Trainer(settings).train(model, on: examples, progress: { fractions.append($0.fraction) })
  #expect(fractions == fractions.sorted())
  #expect(fractions.last == 1)
  #expect(throws: Cancelled.self) {
    _ = try Trainer(settings).train(model, on: examples, progress: { _ in throw Cancelled() })
  }
}

@Test func dropoutKeepsTheExpectationAndSilencesItsShare() throws {
  let count = 20_000
  let weight = WeightMatrix(Matrix(repeating: 1, Shape(count, 1)))
  let layers = [
    try Layer(name: "wide", weight: .dense(weight), activation: .relu),
    try Layer(
      name: "out", weight: .dense(WeightMatrix(Matrix(repeating: 1, Shape(2, count))))),
  ]
  let model = try Model(name: "m", input: try ModelInput(shape: [1]), layers: layers)
  var network = try Network(model)
  var tape = Tape(for: network, capacity: 1)
  tape.load(Matrix(rows: [[1]]))
  var dropout = Dropout(probability: 0.2, seed: 1)
  network.forward(&tape, dropout: &dropout)
  let silent = tape.outputs[0].count { $0 == 0 }
  // Five deviations of a binomial count: 5 · √(20 000 · 0.2 · 0.8) = 283.
  #expect(abs(silent - 4000) < 283)
  #expect(tape.outputs[0].allSatisfy { $0 == 0 || $0 == 1.25 })

  tape.loadOutputGradient(Matrix(rows: [[1, 1]]))
  network.backward(&tape, carry: 0)
  #expect(zip(tape.outputs[0], tape.gradients[0]).allSatisfy { ($0 == 0) == ($1 == 0) })

  network.forward(&tape)
  #expect(tape.outputs[0].allSatisfy { $0 == 1 })
}
