import Foundation
import SpectrimCore
import SpectrimTestSupport
import SpectrimTraining
import Testing

@Suite(.needsPython)
struct GradientTests {
  private struct Case: Encodable {
    let model: PlainModel
    let inputs: [[Float]]
    let direction: [[Float]]
  }

  /// `Σ D ∘ z` of the last layer is differentiated, which checks every derivative but the loss.
  private static let script =
    referencePython + """
      case = json.load(open(sys.argv[1]))
      layers = case["model"]["layers"]
      x, d = np.array(case["inputs"]), np.array(case["direction"])
      parameters = [arrays(layer) for layer in layers]
      result = []
      for factors, bias in parameters:
          for p in factors + [bias]:
              slopes = np.zeros(p.size)
              flat = p.reshape(-1)
              for i in range(p.size):
                  old = flat[i]
                  flat[i] = old + 1e-6; up = (forward(layers, parameters, x) * d).sum()
                  flat[i] = old - 1e-6; down = (forward(layers, parameters, x) * d).sum()
                  flat[i] = old
                  slopes[i] = (up - down) / 2e-6
              result.append(slopes.tolist())
      print(json.dumps(result))
      """

  @Test(arguments: SmallNetworks.kinds, SmallNetworks.activations)
  func gradientsAreThoseOfFiniteDifferences(
    kind: Representation.Kind, activation: Activation
  ) throws {
    let model = try SmallNetworks.model(kind, activation, seed: 3)
    let inputs = SmallNetworks.batch(Shape(6, 5), seed: 4)
    let direction = SmallNetworks.batch(Shape(6, 3), seed: 5)
    var network = try Network(model)
    var tape = Tape(for: network, capacity: 8)
    tape.load(inputs)
    network.forward(&tape)
    tape.loadOutputGradient(direction)
    network.backward(&tape, carry: 0)

    let plain = Case(
      model: PlainModel(model), inputs: PlainModel.PlainMatrix(inputs).rows,
      direction: PlainModel.PlainMatrix(direction).rows)
    let folder = try TemporaryDirectory()
    try JSONEncoder().encode(plain).write(to: folder.url.appending(path: "case.json"))
    let output = try Python.run(Self.script, [folder.path("case.json")])
    let expected = try JSONDecoder().decode([[Double]].self, from: Data(output.utf8))

    let found = network.layers.flatMap(gradients)
    try #require(found.count == expected.count)
    for (index, (found, expected)) in zip(found, expected).enumerated() {
      guard let found else { continue }
      try #require(found.count == expected.count)
      // Sums of at most 6·5 products of size 1…10, each rounded to 6e-8, through three layers.
      let tolerance = 2e-5 * max(1, expected.map(abs).max() ?? 0)
      for (found, expected) in zip(found, expected) {
        #expect(abs(Double(found) - expected) < tolerance, "parameter \(index)")
      }
    }
  }

  /// The gradients in the order of the script; `nil` for the frozen bias of a LoRA layer.
  private func gradients(of layer: TrainableLayer) -> [[Float]?] {
    let factors: [Parameter] =
      switch layer.weight {
      case let weight as DenseWeight: [weight.matrix]
      case let weight as FactorizedWeight: [weight.u, weight.v]
      case let weight as ChainWeight: weight.factors
      case let weight as LoRAWeight: weight.adapters.flatMap { [$0.a, $0.b] }
      default: []
      }
    return factors.map(\.gradient) + [layer.weight.trainsBias ? layer.bias?.gradient : nil]
  }
}

@Test(arguments: SmallNetworks.kinds, SmallNetworks.activations)
func forwardPassIsThatOfTheReference(kind: Representation.Kind, activation: Activation) throws {
  let model = try SmallNetworks.model(kind, activation, seed: 8)
  let inputs = SmallNetworks.batch(Shape(6, 5), seed: 9)
  var network = try Network(model)
  var tape = Tape(for: network, capacity: 8)
  tape.load(inputs)
  network.forward(&tape)
  let expected = model.scores(for: inputs)
  for (found, expected) in zip(tape.preActivation(ofLayer: 2).elements, expected.elements) {
    #expect(abs(found - expected) < 1e-5 * max(1, abs(expected)))
  }
}

@Test func directionsCanBeCarriedBackWithoutLearning() throws {
  let model = try SmallNetworks.model(.dense, .none, seed: 1)
  var network = try Network(model)
  var tape = Tape(for: network, capacity: 2)
  tape.load(SmallNetworks.batch(Shape(2, 5), seed: 2))
  network.forward(&tape)
  let direction = SmallNetworks.batch(Shape(2, 3), seed: 3)
  tape.loadOutputGradient(direction)
  network.backward(&tape, carry: nil)
  // Without activations, the direction at the first layer is D · W₃ · W₂.
  let second = model.layers[1].weight.materialized()
  let third = model.layers[2].weight.materialized()
  let expected = direction.multipliedByTransposed(third.transposed)
    .multipliedByTransposed(second.transposed)
  for (found, expected) in zip(tape.gradient(ofLayer: 0).elements, expected.elements) {
    #expect(abs(found - expected) < 1e-5 * max(1, abs(expected)))
  }
  #expect(try network.model() == model)
  let first = try #require(network.layers[0].weight as? DenseWeight)
  #expect(first.matrix.gradient.allSatisfy { $0 == 0 })
}
