import SpectrimCompression
import SpectrimCore
import Testing

@Test func smallestFormInBytesWinsAndSaysWhy() throws {
  let plan = try CompressionSettings(rank: "mp").plan(TestModels.network())
  let first = plan.layers[0]
  #expect(first.representation == .quantizedLowRank)
  #expect(first.bits == 8)
  #expect(first.scale == .channel)
  #expect(first.rank == 6)
  #expect(first.noise?.method == .initialization)
  #expect(first.reason.hasPrefix("mp keeps 6 of 100 (σ 0.0456 from init, edge "))
  #expect(first.reason.contains("; rank-6 factors 8-bit 1."))
  #expect(first.reason.contains(" kB, dense 8-bit 1"))
  let head = plan.layers[2]
  #expect(head.representation == .quantized)
  #expect(head.rank == nil)
  #expect(head.reason.contains("never thresholded"))
}

@Test func factorsThatCostMoreThanDenseAreNotStored() throws {
  // 1 − 1/e of break-even: factors of rank 70 have more weights than 100×160.
  let model = try TestModels.model([TestModels.noise(Shape(100, 160))])
  let plan = try CompressionSettings(rank: "fixed=70").plan(model)
  #expect(plan.layers[0].representation == .quantized)
  #expect(plan.layers[0].reason.contains("fixed=70 keeps 70 of 100"))
  let floats = try CompressionSettings(rank: "fixed=70", quantize: "none").plan(model)
  #expect(floats.layers[0].representation == .dense)
}

@Test func benefitIsCountedInBytesNotParameters() throws {
  // Codes of ±1 have one bit of entropy, so that dense beats factors of far fewer weights.
  var generator = SeededGenerator(seed: 2)
  let signs = (0..<6400).map { _ in generator.next() % 2 == 0 ? Float(0.1) : -0.1 }
  let model = try TestModels.model([Matrix(Shape(80, 80), signs)])
  let plan = try CompressionSettings(rank: "fixed=10").plan(model)
  #expect(10 * 160 < 6400)
  #expect(plan.layers[0].representation == .quantized)
}

@Test(arguments: [nil, "none", "8", "4", "2", "auto"], ScaleScheme.allCases)
func everyWidthAndSchemeConverts(quantize: String?, scale: ScaleScheme) throws {
  for rule in ["full", "mp", "energy=0.9", "error=0.3", "fixed=8", "ratio=4", "auto"] {
    let settings = try CompressionSettings(
      rank: rule, quantize: quantize, scale: scale, autoError: 0.05)
    let result = try settings.converted(TestModels.network())
    for (figures, layer) in zip(result.figures, result.layers) {
      #expect(figures.name == layer.name)
      #expect((0...1).contains(figures.energyKept))
      #expect((0..<1.5).contains(figures.relativeError))
    }
  }
}

@Test(arguments: [Shape(1, 1), Shape(1, 50), Shape(50, 1), Shape(200, 40), Shape(40, 200)])
func everyShapeConverts(shape: Shape) throws {
  let matrices = [
    TestModels.noise(shape), Matrix(repeating: 0, shape), TestModels.product(shape, rank: 1),
  ]
  for matrix in matrices {
    for rule in ["auto", "full", "mp", "energy=1", "error=0", "fixed=1", "ratio=2", "mp:notebook"] {
      for quantize in ["none", "8", "3"] {
        let settings = try CompressionSettings(rank: rule, quantize: quantize)
        let result = try settings.converted(TestModels.model([matrix]))
        #expect(result.layers[0].weight.shape == shape)
        #expect(result.figures[0].relativeError.isFinite)
        if rule != "mp:notebook" { #expect(result.layers[0].weight.rank != 0) }
      }
    }
  }
}

@Test func rankDeficientMatrixIsFoundWithoutLoss() throws {
  let model = try TestModels.model([TestModels.product(Shape(60, 90), rank: 3)])
  let result = try CompressionSettings(rank: "error=0.0001", quantize: "none").converted(model)
  #expect(result.layers[0].weight.rank == 3)
  // The factors are rounded to 24 bits, and so is their product.
  #expect(result.figures[0].relativeError < 1e-6)
}

@Test func notebookKeepsItsRanksAndWarns() throws {
  // As in the trained sample 1 and 2 values lie above the cuts 2.25 and 2.29, and none of the head
  // above 6.48; the noise keeps dense codes from being cheap.
  let model = try TestModels.model([
    TestModels.diagonal([2.6, 2, 1], Shape(500, 784), noise: 0.01),
    TestModels.diagonal([2.7, 2.6, 1], Shape(300, 500), noise: 0.01),
    TestModels.diagonal([2.37, 2.2, 1.8], Shape(10, 300), noise: 0.01),
  ])
  let result = try CompressionSettings(rank: "mp:notebook").converted(model)
  #expect(result.plan.layers.map(\.rank) == [1, 2, 0])
  #expect(result.layers[2].weight.kind == .factorized)
  #expect(result.layers[2].weight.parameterCount == 0)
  #expect(result.figures[2].energyKept == 0)
  #expect(result.figures[2].relativeError == 1)
  #expect(result.warnings.count == 2)
  #expect(result.warnings[1].contains("`fc3` keeps rank 0"))
  let batch = Matrix<Float>(repeating: 1, Shape(1, 300))
  let bias = try #require(result.layers[2].bias)
  #expect(result.layers[2].apply(toRows: batch).elements == bias.values.map { max(0, $0) })
}

@Test func skippedAndNotFiniteLayersAreCopied() throws {
  var matrices = [TestModels.noise(Shape(40, 40)), TestModels.noise(Shape(40, 40), seed: 2)]
  matrices[1][3, 3] = .nan
  let model = try TestModels.model(matrices)
  let result = try CompressionSettings(rank: "mp", layers: ["fc1=>skip"]).converted(model)
  #expect(result.layers[0] == model.layers[0])
  #expect(result.layers[1].weight.kind == .dense)
  #expect(result.plan.layers.map(\.representation) == [nil, nil])
  #expect(result.plan.layers[1].reason.contains("not finite"))
  #expect(result.figures[0].relativeError == 0)
}

@Test func keptDenseMeansNoFactors() throws {
  let model = try TestModels.network()
  let settings = try CompressionSettings(rank: "fixed=2", layers: ["fc1=>keep:dense,quantize:5"])
  let plan = try settings.plan(model)
  #expect(plan.layers[0].representation == .quantized)
  #expect(plan.layers[0].bits == 5)
  let automatic = try CompressionSettings(
    rank: "auto", autoError: 0.6, layers: ["fc1=>keep:dense"]
  ).plan(model)
  #expect(automatic.layers[0].representation == .quantized)
}

@Test func sourceInAnotherFormIsMultipliedOutFirst() throws {
  let dense = try TestModels.network()
  let compact = try CompressionSettings(rank: "fixed=6", quantize: "none").converted(dense)
  let model = try dense.replacing(layers: compact.layers, record: nil)
  let again = try CompressionSettings(rank: "fixed=6", quantize: "none").converted(model)
  #expect(again.plan.layers[0].reason.hasPrefix("multiplied out from factorized"))
  #expect(again.layers[0].weight.rank == 6)
  #expect(again.figures[0].relativeError < 1e-6)
}

@Test func everyFormOfASourceIsMultipliedOut() throws {
  let noise = { TestModels.noise($0, seed: $1) }
  let weight = WeightMatrix(noise(Shape(40, 50), 1))
  let factors = try Factorized(
    u: WeightMatrix(noise(Shape(40, 3), 2)), v: WeightMatrix(noise(Shape(50, 3), 3)))
  let chain = try FactorChain([
    WeightMatrix(noise(Shape(40, 5), 4)), WeightMatrix(noise(Shape(5, 4), 5)),
    WeightMatrix(noise(Shape(4, 50), 6)),
  ])
  let adapter = try LoRA.Adapter(
    name: "a", a: WeightMatrix(noise(Shape(2, 50), 7)), b: WeightMatrix(noise(Shape(40, 2), 8)),
    alpha: 1, scaling: 0.5)
  let quantizer = Quantizer(bits: 6)
  let sources: [Representation] = [
    .dense(weight), .factorized(factors), .chain(chain),
    .lora(try LoRA(base: .dense(weight), adapters: [adapter])),
    .quantized(try quantizer.quantize(weight.values, by: .rows)),
    .quantizedLowRank(
      try QuantizedLowRank(
        u: quantizer.quantize(factors.u.values, by: .rows),
        v: quantizer.quantize(factors.v.values, by: .columns))),
  ]
  #expect(Set(sources.map(\.kind)) == Set(Representation.Kind.allCases))
  for source in sources {
    let model = try Model(
      name: "one", input: ModelInput(shape: [50]), layers: [Layer(name: "fc1", weight: source)])
    let result = try CompressionSettings(rank: "full", quantize: "none").converted(model)
    let distance = source.materialized().relativeDistance(
      to: result.layers[0].weight.materialized())
    // Products in single precision against sums in double.
    #expect(distance < 1e-6)
  }
}

@Test func controlIsPrintedBesideTheEdge() throws {
  let settings = CompressionSettings(
    treatment: .rank(.marchenkoPastur(.best)), controlSeed: 1)
  #expect(try settings.plan(TestModels.network()).layers[0].reason.contains("shuffled s₁ "))
}

@Test func initializerOfTheSettingsIsUsedAndRecorded() throws {
  let model = try TestModels.model([TestModels.noise(Shape(40, 60))], initializer: nil)
  var settings = try CompressionSettings(rank: "mp:sigma=init")
  settings.initializer = .glorot
  let result = try settings.converted(model)
  #expect(result.layers[0].initializer == .glorot)
  #expect(result.plan.initializer == .glorot)
}

@Test func progressNamesEveryLayerOnce() throws {
  let analysed = AnalysedModel(try TestModels.network())
  var seen: [String] = []
  let plan = try Planner(settings: CompressionSettings(rank: "mp")).plan(for: analysed) {
    seen.append("\($0.layer) \($0.index + 1)/\($0.count)")
  }
  _ = try Converter(plan: plan).convert(analysed) { seen.append($0.layer) }
  #expect(seen == ["fc1 1/3", "fc2 2/3", "fc3 3/3", "fc1", "fc2", "fc3"])
}
