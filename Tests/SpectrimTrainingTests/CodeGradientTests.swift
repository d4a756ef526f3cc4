import Foundation
import SpectrimCore
import SpectrimTestSupport
import SpectrimTraining
import Testing

/// Codes learn as if they were not rounded; finite differences in numpy float64 know no rounding.
@Suite(.needsPython)
struct CodeGradientTests {
  /// Codes with the factors of their rows and columns.
  private struct PlainCodes: Encodable {
    let codes: [[Int8]]
    let rows: [Float]
    let columns: [Float]

    init(_ matrix: QuantizedMatrix) {
      let all = matrix.allCodes
      codes = (0..<all.rowCount).map { Array(all.row($0)) }
      (rows, columns) = (matrix.rowScales, matrix.columnScales)
    }

    init(bias: Bias) {
      switch bias {
      case .codes(let codes, let exponents):
        self.codes = [codes]
        columns = exponents.map { Float(sign: .plus, exponent: Int($0), significand: 1) }
      case .values(let values, _):
        codes = [Array(repeating: 1, count: values.count)]
        columns = values
      }
      rows = [1]
    }
  }

  private struct PlainLayer: Encodable {
    let activation: String
    let factors: [PlainCodes]
    let bias: PlainCodes
    let learnsBiasCodes: Bool
  }

  private struct Case: Encodable {
    let layers: [PlainLayer]
    let inputs: [[Float]]
    let direction: [[Float]]
  }

  /// `Σ D ∘ z` of the last layer is differentiated by every code, or by a bias of floats.
  private static let script =
    referencePython + """
      case = json.load(open(sys.argv[1]))
      x, d = np.array(case["inputs"]), np.array(case["direction"])
      grids = lambda l: [np.outer(f["rows"], f["columns"]) for f in l["factors"] + [l["bias"]]]
      codes = [[np.array(f["codes"], float) for f in l["factors"] + [l["bias"]]]
               for l in case["layers"]]
      steps = [grids(l) for l in case["layers"]]
      for l, q, s in zip(case["layers"], codes, steps):
          if not l["learnsBiasCodes"]: q[-1], s[-1] = q[-1] * s[-1], np.ones_like(s[-1])
      def total():
          h = x
          for l, q, s in zip(case["layers"], codes, steps):
              w = [a * b for a, b in zip(q, s)]
              dense = w[0] if len(w) == 2 else w[0] @ w[1].T
              h = ACTIVATIONS[l["activation"]](h @ dense.T + w[-1][0])
          return (h * d).sum()
      result = []
      for q in codes:
          for p in q:
              slopes, flat = np.zeros(p.size), p.reshape(-1)
              for i in range(p.size):
                  old = flat[i]
                  flat[i] = old + 1e-5; up = total()
                  flat[i] = old - 1e-5; down = total()
                  flat[i] = old
                  slopes[i] = (up - down) / 2e-5
              result.append(slopes.tolist())
      print(json.dumps(result))
      """

  @Test(arguments: SmallCodes.kinds, [Activation.tanh, .relu])
  func gradientsAreThoseOfCodesThatAreNotRounded(
    kind: Representation.Kind, activation: Activation
  ) throws {
    let model = try SmallCodes.model(kind, activation, seed: 3)
    let inputs = SmallNetworks.batch(Shape(6, 5), seed: 4)
    let direction = SmallNetworks.batch(Shape(6, 3), seed: 5)
    var network = try Network(model)
    var tape = Tape(for: network, capacity: 8)
    tape.load(inputs)
    network.forward(&tape)
    tape.loadOutputGradient(direction)
    // The second pass must replace what the first one left.
    network.backward(&tape, carry: 0)
    network.backward(&tape, carry: 0)

    let plain = Case(
      layers: model.layers.map(Self.plain), inputs: PlainModel.PlainMatrix(inputs).rows,
      direction: PlainModel.PlainMatrix(direction).rows)
    let folder = try TemporaryDirectory()
    try JSONEncoder().encode(plain).write(to: folder.url.appending(path: "case.json"))
    let output = try Python.run(Self.script, [folder.path("case.json")])
    let expected = try JSONDecoder().decode([[Double]].self, from: Data(output.utf8))

    let found = network.layers.flatMap(Self.gradients)
    try #require(found.count == expected.count)
    for (index, (found, expected)) in zip(found, expected).enumerated() {
      try #require(found.count == expected.count)
      // Sums of at most 6·5 products, each rounded to 6e-8, through three layers.
      let tolerance = 2e-5 * max(1, expected.map(abs).max() ?? 0)
      for (found, expected) in zip(found, expected) {
        #expect(abs(Double(found) - expected) < tolerance, "parameter \(index)")
      }
    }
  }

  private static func plain(_ layer: Layer) -> PlainLayer {
    let factors: [QuantizedMatrix] =
      switch layer.weight {
      case .quantized(let matrix): [matrix]
      case .quantizedLowRank(let factors): [factors.u, factors.v]
      default: []
      }
    let bias = layer.bias ?? Bias([])
    var learnsBiasCodes = false
    if case .codes = bias { learnsBiasCodes = true }
    return PlainLayer(
      activation: layer.activation.kind.rawValue, factors: factors.map(PlainCodes.init),
      bias: PlainCodes(bias: bias), learnsBiasCodes: learnsBiasCodes)
  }

  private static func gradients(of layer: TrainableLayer) -> [[Float]] {
    let codes: [CodeParameter] =
      switch layer.weight {
      case let weight as QuantizedWeight: [weight.codes]
      case let weight as QuantizedLowRankWeight: [weight.u, weight.v]
      default: []
      }
    return codes.map(\.latent.gradient) + [layer.bias?.gradient ?? []]
  }
}

@Suite struct CodePassTests {
  @Test(arguments: SmallCodes.kinds, [true, false])
  func theForwardPassIsThatOfTheReference(
    kind: Representation.Kind, isConvolution: Bool
  ) throws {
    let model =
      isConvolution
      ? try SmallCodes.convolutions(kind, seed: 8) : try SmallCodes.model(kind, seed: 8)
    let inputs = SmallNetworks.batch(Shape(5, model.input.elementCount), seed: 9)
    var network = try Network(model)
    var tape = Tape(for: network, capacity: 6)
    tape.load(inputs)
    network.forward(&tape)
    var scores = tape.preActivation(ofLayer: model.layers.count - 1)
    if isConvolution { Activation.softmax.apply(to: &scores) }
    let expected = model.scores(for: inputs)
    for (found, expected) in zip(scores.elements, expected.elements) {
      #expect(abs(found - expected) < 1e-5 * max(1, abs(expected)))
    }
    #expect(try network.model().layers.map(\.weight) == model.layers.map(\.weight))
    #expect(try network.model().layers[0].bias == model.layers[0].bias)
  }

  @Test(arguments: SmallCodes.kinds)
  func convolutionsLearnTheirCodesInTheOrderOfTheModel(kind: Representation.Kind) throws {
    let model = try SmallCodes.convolutions(kind, seed: 3)
    let inputs = SmallNetworks.batch(Shape(5, 84), seed: 4)
    let direction = SmallNetworks.batch(Shape(5, 3), seed: 5)
    /// `Σ D ∘ z` of the last layer.
    func total(_ network: inout Network, learns: Bool) throws -> Double {
      var tape = Tape(for: network, capacity: 5)
      tape.load(inputs)
      network.forward(&tape)
      let z = tape.preActivation(ofLayer: 3)
      if learns {
        tape.loadOutputGradient(direction)
        network.backward(&tape, carry: 0)
      }
      return zip(z.elements, direction.elements).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    var network = try Network(model)
    let before = try total(&network, learns: true)
    // Adam's first step has the same size everywhere: all codes that matter move by one.
    network.update(.adam(rate: 0.6), step: 1)
    let moved = try network.model()
    let after = try total(&network, learns: false)
    #expect(after < before, "against the gradient it goes down")
    var other = try Network(moved)
    #expect(abs(try total(&other, learns: false) - after) < 1e-4 * max(1, abs(after)))
    #expect(moved != model)
  }

  /// One code at the factor 1 that a gradient moves by an amount.
  private func moved(_ code: Int8, by amount: Float, bits: Int = 8) throws -> Int8 {
    var weight = QuantizedWeight(
      try QuantizedMatrix(codes: Matrix(rows: [[code]]), bitsPerWeight: bits))
    weight.accumulateGradients(input: [1], gradient: [-amount], count: 1, carry: 0)
    weight.update(.sgd(rate: 1), step: 1)
    var output: [Float] = [0]
    weight.forward([1], count: 1, into: &output)
    guard case .quantized(let matrix) = try weight.representation else { return 0 }
    #expect(Float(matrix.codes[0, 0]) == output[0], "what is stored is what the network sees")
    return matrix.codes[0, 0]
  }

  @Test func tiesGoToTheEvenCode() throws {
    #expect(try moved(2, by: 0.5) == 2 && moved(3, by: 0.5) == 4)
    #expect(try moved(-2, by: -0.5) == -2 && moved(-3, by: -0.5) == -4)
    #expect(try moved(0, by: 0.5) == 0 && moved(0, by: 0.500001) == 1)
  }

  @Test(arguments: [2, 3, 4, 7, 8])
  func noCodeLeavesItsBits(bits: Int) throws {
    let largest = QuantizedMatrix.largestCode(bitsPerWeight: bits)
    #expect(try moved(1, by: 1e6, bits: bits) == largest)
    #expect(try moved(1, by: -1e6, bits: bits) == -largest)
  }

  @Test func stepsTooSmallForOneCodeAddUp() throws {
    var weight = QuantizedWeight(
      try QuantizedMatrix(codes: Matrix(rows: [[4]]), bitsPerWeight: 8))
    var codes: [Float] = []
    for _ in 0..<4 {
      weight.accumulateGradients(input: [1], gradient: [0.3], count: 1, carry: 0)
      weight.update(.sgd(rate: 1), step: 1)
      var output: [Float] = [0]
      weight.forward([1], count: 1, into: &output)
      codes += output
    }
    #expect(codes == [4, 3, 3, 3])
  }

  @Test(arguments: SmallCodes.kinds)
  func everyBitHasItsPrice(kind: Representation.Kind) throws {
    let model = try SmallCodes.model(kind, seed: 6)
    var network = try Network(model)
    network.addRatePenalty(price: 0.5)
    for layer in network.layers {
      let codes: [CodeParameter] =
        switch layer.weight {
        case let weight as QuantizedWeight: [weight.codes]
        case let weight as QuantizedLowRankWeight: [weight.u, weight.v]
        default: []
        }
      for parameter in codes + [layer.bias?.codes].compactMap(\.self) {
        for (q, slope) in zip(parameter.latent.values, parameter.latent.gradient) {
          // d/dq log₂(1 + 2|q|), and none at the kink.
          let expected = q == 0 ? 0 : 0.5 * 2 / log(2.0) / (1 + 2 * abs(Double(q)))
          #expect(abs(Double(slope) - (q < 0 ? -expected : expected)) < 1e-6)
        }
      }
    }
    #expect(network.layers[2].bias?.gradient == [0, 0, 0], "floats cost the same")
  }
}
