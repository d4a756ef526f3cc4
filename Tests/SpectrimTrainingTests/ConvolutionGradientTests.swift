import SpectrimCore
import SpectrimTestSupport
import SpectrimTraining
import Testing

@Suite(.needsPython)
struct ConvolutionGradientTests {
  @Test(arguments: SmallNetworks.kinds, [true, false])
  func gradientsAreThoseOfFiniteDifferences(
    kind: Representation.Kind, countsPadding: Bool
  ) throws {
    let model = try SmallConvolutions.model(kind, countsPadding: countsPadding, seed: 3)
    let inputs = SmallNetworks.batch(Shape(3, 84), seed: 4)
    let direction = SmallNetworks.batch(Shape(3, 3), seed: 5)
    var network = try Network(model)
    var tape = Tape(for: network, capacity: 4)
    tape.load(inputs)
    network.forward(&tape)
    tape.loadOutputGradient(direction)
    network.backward(&tape, carry: 0)
    // A step of size 1 moves every parameter by its gradient, in the order of the model.
    network.update(.sgd(rate: 1), step: 1)
    let moved = try network.model()

    let expected = try FiniteDifferences.slopes(of: model, inputs, along: direction)
    let (before, after) = (
      model.layers.flatMap(FiniteDifferences.parameters),
      moved.layers.flatMap(FiniteDifferences.parameters)
    )
    try #require(before.count == expected.count)
    for (index, expected) in expected.enumerated() {
      let found = zip(before[index], after[index]).map { Double($0) - Double($1) }
      try #require(found.count == expected.count)
      let isFrozen = kind == .lora && index % 5 == 4
      // Sums of at most 3·42 products, each rounded to 6e-8, through four layers.
      let tolerance = 5e-5 * max(1, expected.map(abs).max() ?? 0)
      for (found, expected) in zip(found, expected) {
        #expect(abs(found - (isFrozen ? 0 : expected)) < tolerance, "parameter \(index)")
      }
    }
  }
}

@Suite struct ConvolutionPassTests {
  @Test(arguments: SmallNetworks.kinds, [ModelInput.Layout.chw, .hwc])
  func theForwardPassIsThatOfTheReference(
    kind: Representation.Kind, layout: ModelInput.Layout
  ) throws {
    let model = try SmallConvolutions.model(kind, layout: layout, seed: 8)
    let inputs = SmallNetworks.batch(Shape(5, 84), seed: 9)
    var network = try Network(model)
    var tape = Tape(for: network, capacity: 6)
    tape.load(inputs)
    network.forward(&tape)
    var scores = tape.preActivation(ofLayer: 3)
    Activation.softmax.apply(to: &scores)
    for (found, expected) in zip(scores.elements, model.scores(for: inputs).elements) {
      #expect(abs(found - expected) < 1e-5)
    }
    #expect(try network.model() == model)
  }

  @Test func theTapeHoldsTheRowsThatEveryWeightSees() throws {
    let model = try SmallConvolutions.model(.factorized, seed: 1)
    var network = try Network(model)
    var tape = Tape(for: network, capacity: 3)
    tape.load(SmallNetworks.batch(Shape(2, 84), seed: 2))
    network.forward(&tape)
    tape.loadOutputGradient(SmallNetworks.batch(Shape(2, 3), seed: 3))
    network.backward(&tape, carry: nil)
    #expect(try network.model() == model)
    for (index, layer) in network.layers.enumerated() {
      let (out, width) = (layer.weight.shape.rowCount, layer.weight.shape.columnCount)
      let rowCount = tape.rowCount(ofLayer: index)
      #expect(tape.preActivation(ofLayer: index).shape == Shape(rowCount, out))
      #expect(tape.gradient(ofLayer: index).shape == Shape(rowCount, out))
      // The products of these rows with the weight are `z` without its bias.
      let rows = Matrix(
        Shape(rowCount, width), Array(tape.input(ofLayer: index).prefix(rowCount * width)))
      let products = try layer.weight.representation.apply(to: rows)
      let z = tape.preActivation(ofLayer: index)
      let bias = try #require(layer.bias?.values)
      for row in 0..<rowCount {
        for column in 0..<out {
          #expect(abs(products[row, column] + bias[column] - z[row, column]) < 1e-4)
        }
      }
    }
    // 2 examples of 4×5, 3×4, 1 and 1 positions.
    #expect((0..<4).map { tape.rowCount(ofLayer: $0) } == [40, 24, 2, 2])
  }

  @Test(arguments: SmallNetworks.kinds)
  func trainingKeepsTheFormAndLowersTheLoss(kind: Representation.Kind) throws {
    let model = try SmallConvolutions.model(kind, seed: 3)
    let examples = try Examples(
      inputs: SmallNetworks.batch(Shape(40, 84), seed: 4), labels: (0..<40).map { ($0 * 7 + 1) % 3 }
    )
    let settings = TrainingSettings(
      optimizer: .adam(rate: 0.02), batchSize: 16, epochs: 40, dropout: 0.1, decay: 0.98, seed: 1)
    let outcome = try Trainer(settings).train(model, on: examples, tests: examples)
    #expect(outcome.model.layers.map(\.weight.kind) == model.layers.map(\.weight.kind))
    let (first, last) = (try #require(outcome.history.first), try #require(outcome.history.last))
    #expect(last.loss < 0.8 * first.loss)
    let again = try Trainer(settings).train(model, on: examples, tests: examples)
    #expect(again == outcome)
  }

  @Test func decayMakesTheStepsOfEveryEpochSmaller() throws {
    let model = try SmallNetworks.model(.dense, .tanh, seed: 1)
    let examples = try SmallNetworks.examples(count: 6, seed: 2)
    var settings = TrainingSettings(
      optimizer: .sgd(rate: 0.5), batchSize: 6, epochs: 2, decay: 0.5, shuffles: false)
    let both = try Trainer(settings).train(model, on: examples).model
    settings.epochs = 1
    let first = try Trainer(settings).train(model, on: examples).model
    settings.optimizer = .sgd(rate: 0.25)
    #expect(try Trainer(settings).train(first, on: examples).model == both)
  }
}

@Suite struct LeNetTests {
  @Test func theParametersAreThoseOfCaffe() throws {
    let model = try Recipe.lenet5().initialModel(name: "lenet5")
    #expect(model.parameterCount == 431_080)
    #expect(
      model.layers.map(\.weight.shape.description) == ["20×25", "50×500", "500×800", "10×500"])
    // 24² · 20 · 25, 8² · 50 · 500, 800 · 500, 500 · 10.
    #expect(model.multiplyAccumulateCount == 288_000 + 1_600_000 + 400_000 + 5_000)
  }

  @Test func anInputThatIsNoMapOrTooSmallIsRefused() throws {
    #expect(throws: ModelError.invalid("LeNet-5 takes a map, such as 1×28×28")) {
      _ = try Model.lenet5(name: "m", input: ModelInput(shape: [784]), seed: 1)
    }
    #expect(throws: ModelError.invalid("an input of [1, 12, 28] is too small for LeNet-5")) {
      _ = try Model.lenet5(name: "m", input: ModelInput(shape: [1, 12, 28], layout: .chw), seed: 1)
    }
  }
}
