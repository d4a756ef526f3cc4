import SpectrimCore
import SpectrimInference
import SpectrimTestSupport
import Testing

/// The engine sums at most 200 products per factor in 32 bits, the reference in 64: the difference
/// stays below 200 · 2⁻²⁴ = 1.2e-5 of sums that cancel; 1e-4 leaves room for products of factors.
private let tolerance: Float = 1e-4

@Suite struct KernelTests {
  static let shapes = [
    Shape(1, 1), Shape(1, 30), Shape(30, 1), Shape(120, 25), Shape(25, 120),
  ]

  @Test(arguments: Representation.Kind.allCases, shapes)
  func everyFormGivesWhatTheReferenceGives(kind: Representation.Kind, shape: Shape) throws {
    let model = try randomModel(kind, shape, rank: 6, seed: 1)
    var generator = SeededGenerator(seed: 2)
    for count in [1, 9] {
      let batch = Matrix<Float>.random(Shape(count, shape.columnCount), &generator)
      let found = Engine(model).scores(for: batch)
      let expected = model.scores(for: batch)
      #expect(found.shape == expected.shape)
      #expect(relativeError(found, expected) < tolerance)
    }
  }

  @Test(arguments: Representation.Kind.allCases, [0, 1, 2, 63, 64, 65, 200])
  func everyCountOfRowsGivesWhatTheReferenceGives(
    kind: Representation.Kind, count: Int
  ) throws {
    let model = try randomModel(kind, Shape(11, 19), rank: 5, seed: 3)
    var generator = SeededGenerator(seed: 4)
    let batch = Matrix<Float>.random(Shape(count, 19), &generator)
    let found = Engine(model).scores(for: batch)
    #expect(found.rowCount == count)
    #expect(relativeError(found, model.scores(for: batch)) < tolerance)
  }

  @Test(arguments: Representation.Kind.allCases)
  func rankZeroLeavesOnlyTheBias(kind: Representation.Kind) throws {
    let model = try randomModel(kind, Shape(7, 9), rank: 0, seed: 5)
    var generator = SeededGenerator(seed: 6)
    let batch = Matrix<Float>.random(Shape(3, 9), &generator)
    let found = Engine(model).scores(for: batch)
    #expect(relativeError(found, model.scores(for: batch)) < tolerance)
    if kind == .factorized || kind == .quantizedLowRank {
      #expect(Array(found.row(2)) == model.layers[0].bias?.values)
    }
  }

  @Test(arguments: Activation.allCases)
  func everyActivationFollowsTheSum(activation: Activation) throws {
    let model = try randomModel(.dense, Shape(12, 20), rank: 0, activation: activation, seed: 7)
    var generator = SeededGenerator(seed: 8)
    let batch = Matrix<Float>.random(Shape(70, 20), &generator)
    #expect(
      relativeError(Engine(model).scores(for: batch), model.scores(for: batch)) < tolerance)
  }

  @Test func aLayerWithoutABiasStartsAtZero() throws {
    let weight = WeightMatrix(Matrix(rows: [[1, 2], [3, 4]]))
    let layer = try Layer(name: "only", weight: .dense(weight))
    let engine = Engine(try Model(name: "m", input: ModelInput(shape: [2]), layers: [layer]))
    #expect(
      engine.scores(for: Matrix(rows: [[1, 1], [0, 2]])) == Matrix(rows: [[3, 7], [4, 8]]))
  }

  @Test(arguments: Representation.Kind.allCases)
  func adaptersStackOnEveryForm(kind: Representation.Kind) throws {
    var generator = SeededGenerator(seed: 9)
    let shape = Shape(8, 14)
    let base = try Representation.random(kind, shape, rank: 3, &generator)
    let adapter = try LoRA.Adapter(
      name: "a", a: WeightMatrix(.random(Shape(2, 14), &generator)),
      b: WeightMatrix(.random(Shape(8, 2), &generator)), alpha: 4, scaling: -1.5)
    let layer = try Layer(name: "only", weight: .lora(LoRA(base: base, adapters: [adapter])))
    let model = try Model(name: "m", input: ModelInput(shape: [14]), layers: [layer])
    let batch = Matrix<Float>.random(Shape(5, 14), &generator)
    #expect(
      relativeError(Engine(model).scores(for: batch), model.scores(for: batch)) < tolerance)
  }
}
