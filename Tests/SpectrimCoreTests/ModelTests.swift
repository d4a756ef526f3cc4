import SpectrimCore
import Testing

@Suite struct ModelTests {
  private func layer(_ name: String, _ shape: Shape, rank: Int? = nil) throws -> Layer {
    func weight(_ rowCount: Int, _ columnCount: Int) -> WeightMatrix {
      WeightMatrix(Matrix(repeating: 1, Shape(rowCount, columnCount)))
    }
    let bias = Bias([Float](repeating: 1, count: shape.rowCount))
    guard let rank else {
      let dense = weight(shape.rowCount, shape.columnCount)
      return try Layer(name: name, weight: .dense(dense), bias: bias)
    }
    let factors = try Factorized(
      u: weight(shape.rowCount, rank), v: weight(shape.columnCount, rank))
    return try Layer(name: name, weight: .factorized(factors), bias: bias)
  }

  private func model(_ layers: [Layer], labels: [String]? = nil) throws -> Model {
    try Model(name: "m", input: ModelInput(shape: [6]), layers: layers, labels: labels)
  }

  @Test func aModelCountsItsLayers() throws {
    let model = try model([layer("a", Shape(5, 6), rank: 2), layer("b", Shape(3, 5))])
    #expect(model.outputCount == 3)
    #expect(model.parameterCount == (22 + 5) + (15 + 3))
    #expect(model.denseParameterCount == (30 + 5) + (15 + 3))
    #expect(model.denseByteCount == 4 * 53)
    #expect(model.multiplyAccumulateCount == 22 + 15)
    #expect(model.denseMultiplyAccumulateCount == 30 + 15)
  }

  @Test func aLayerWithoutOutputsIsRefused() throws {
    #expect(throws: ModelError.invalid("layer `a` has no outputs; expected at least one")) {
      try model([layer("a", Shape(0, 6))])
    }
  }

  @Test func layersAreAppliedInOrder() throws {
    let model = try model([layer("a", Shape(5, 6), rank: 2), layer("b", Shape(3, 5))])
    // Six ones give 2 · 6 + 1 = 13 five times, and those 5 · 13 + 1.
    let scores = model.scores(for: Matrix(repeating: 1, Shape(2, 6)))
    #expect(scores == Matrix(repeating: 66, Shape(2, 3)))
  }

  @Test func aModelWithOtherLayersKeepsItsInputAndLabels() throws {
    let first = try model([layer("a", Shape(2, 6))], labels: ["x", "y"])
    let second = try first.replacing(layers: [layer("a", Shape(2, 6), rank: 1)], record: nil)
    #expect(second.labels == ["x", "y"])
    #expect(second.input == first.input)
    #expect(second.layers[0].weight.rank == 1)
  }

  @Test func aModelNeedsALayer() {
    #expect(throws: ModelError.invalid("a model without layers")) { try model([]) }
  }

  @Test func namesAreUnique() throws {
    let layers = try [layer("a", Shape(6, 6)), layer("a", Shape(2, 6))]
    #expect(throws: ModelError.invalid("two layers named `a`")) { try model(layers) }
  }

  @Test func neighbouringLayersFit() throws {
    let layers = try [layer("a", Shape(5, 6)), layer("b", Shape(2, 4))]
    #expect(throws: ModelError.invalid("layer `b` takes 4 inputs, but gets 5")) {
      try model(layers)
    }
    let first = try [layer("b", Shape(2, 4))]
    #expect(throws: ModelError.invalid("layer `b` takes 4 inputs, but gets 6")) {
      try model(first)
    }
  }

  @Test func everyOutputHasALabelOrNone() throws {
    let layers = try [layer("a", Shape(2, 6))]
    #expect(throws: ModelError.invalid("1 labels for 2 outputs")) {
      try model(layers, labels: ["x"])
    }
  }
}
