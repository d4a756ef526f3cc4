import SpectrimCore
import SpectrimTestSupport
import SpectrimTraining
import Testing

@Suite struct GroupedPassTests {
  @Test(arguments: Representation.Kind.allCases, [ModelInput.Layout.chw, .hwc])
  func theForwardPassIsThatOfTheReference(
    kind: Representation.Kind, layout: ModelInput.Layout
  ) throws {
    let model = try SmallConvolutions.groups(layout, seed: 8) {
      try SmallCodes.kinds.contains(kind)
        ? SmallCodes.weight(kind, $0, &$1) : SmallNetworks.weight(kind, $0, &$1)
    }
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

  @Test(.needsPython, arguments: SmallNetworks.kinds)
  func gradientsAreThoseOfFiniteDifferences(kind: Representation.Kind) throws {
    let model = try SmallConvolutions.groups(seed: 3) { try SmallNetworks.weight(kind, $0, &$1) }
    let inputs = SmallNetworks.batch(Shape(3, 84), seed: 4)
    let direction = SmallNetworks.batch(Shape(3, 3), seed: 5)
    let moved = try Self.step(model, inputs, direction, rate: 1)
    var expected = try FiniteDifferences.slopes(of: model, inputs, along: direction)
    for (layer, after) in zip(model.layers, moved.layers) {
      let before = FiniteDifferences.parameters(of: layer)
      for (index, values) in before.enumerated() {
        let slopes = expected.removeFirst()
        let isBias = index == before.count - 1
        // Factors that the groups share stay, as does the bias of a base with adapters.
        let isFrozen =
          isBias ? kind == .lora : kind != .dense && layer.operation.kind == .conv2d
        let found = zip(values, FiniteDifferences.parameters(of: after)[index])
          .map { Double($0 - $1) }
        try #require(found.count == slopes.count)
        // As for convolutions in one group, with two normalizations on top.
        let tolerance = 1e-4 * max(1, slopes.map(abs).max() ?? 0)
        for (found, slope) in zip(found, slopes) {
          #expect(
            abs(found - (isFrozen ? 0 : slope)) < tolerance, "\(layer.name), parameter \(index)")
        }
      }
    }
    #expect(expected.isEmpty)
  }

  @Test func codesOfGroupsMoveAsTheFloatsTheyStandFor() throws {
    let codes = try SmallConvolutions.groups(seed: 6) {
      .quantized(
        try QuantizedMatrix(
          codes: SmallCodes.codes($0, within: 90, &$1), bitsPerWeight: 8,
          rowFactors: .scales([1 / 128], storedAs: .float32)))
    }
    let floats = try codes.replacing(
      layers: codes.layers.map {
        try $0.replacing(weight: .dense(WeightMatrix($0.weight.materialized())), bias: $0.bias)
      }, record: nil)
    let inputs = SmallNetworks.batch(Shape(3, 84), seed: 7)
    let direction = SmallNetworks.batch(Shape(3, 3), seed: 8)
    // A code has 1/128 of the slope of its float and counts 1/128.
    let pairs = zip(
      try Self.step(codes, inputs, direction, rate: 8192).layers,
      try Self.step(floats, inputs, direction, rate: 0.5).layers)
    for (index, (coded, plain)) in pairs.enumerated() {
      let before = codes.layers[index].weight.materialized().elements
      let (found, wanted) = (
        coded.weight.materialized().elements, plain.weight.materialized().elements
      )
      for (found, wanted) in zip(found, wanted) {
        #expect(abs(128 * found - max(-127, min(127, 128 * wanted))) < 0.51)
      }
      #expect(found != before, "codes of \(coded.name) stayed")
    }
  }

  /// The model after one step of plain descent.
  private static func step(
    _ model: Model, _ inputs: Matrix<Float>, _ direction: Matrix<Float>, rate: Float
  ) throws -> Model {
    var network = try Network(model)
    var tape = Tape(for: network, capacity: 4)
    tape.load(inputs)
    network.forward(&tape)
    tape.loadOutputGradient(direction)
    network.backward(&tape, carry: 0)
    network.update(.sgd(rate: rate), step: 1)
    return try network.model()
  }
}
