import Foundation
import SpectrimCompression
import SpectrimCore
import SpectrimTestSupport
import Testing

/// A perceptron of three layers, its last input dead, and examples of a low-dimensional kind.
private func perceptron(bias: Bool = true) throws -> (Model, Matrix<Float>) {
  var generator = SeededGenerator(seed: 11)
  func layer(_ name: String, _ shape: Shape, _ activation: Activation) throws -> Layer {
    let scale = Float(1 / Double(shape.columnCount).squareRoot())
    let weights = Matrix<Float>(
      shape, Matrix<Float>.random(shape, &generator).elements.map { 1.4 * scale * $0 })
    return try Layer(
      name: name, weight: .dense(WeightMatrix(weights)),
      bias: bias
        ? Bias((0..<shape.rowCount).map { _ in 0.1 * Float(generator.normal()) }) : nil,
      activation: activation)
  }
  let model = try Model(
    name: "test", input: try ModelInput(shape: [30], layout: .flat),
    layers: [
      try layer("a", Shape(80, 30), .relu), try layer("b", Shape(70, 80), .tanh),
      try layer("c", Shape(5, 70), .softmax),
    ])
  let (hidden, mixing) = (
    Matrix<Float>.random(Shape(600, 6), &generator), Matrix<Float>.random(Shape(6, 30), &generator)
  )
  var examples = hidden.multipliedByTransposed(mixing.transposed)
  for row in 0..<600 { examples[row, 29] = 0.5 }
  return (model, examples)
}

private func convert(
  _ model: Model, _ examples: Matrix<Float>, step: Double = 0.02, threads: Int = 1,
  _ change: (inout CalibrationSettings) -> Void = { _ in }
) throws -> Conversion {
  var settings = CalibrationSettings(step: 1)
  change(&settings)
  return try CalibratedConverter(
    model, data: examples, settings: settings, threadCount: threads
  ).convert(step: step)
}

/// The mean squared difference of the scores in front of the softmax, less their common shift.
private func scoreError(_ conversion: Conversion, _ examples: Matrix<Float>) throws -> Double {
  func scores(_ layers: [Layer]) throws -> Matrix<Float> {
    var plain = layers
    let last = layers[layers.count - 1]
    plain[layers.count - 1] = try Layer(name: last.name, weight: last.weight, bias: last.bias)
    return try Model(name: "", input: conversion.source.input, layers: plain).scores(for: examples)
  }
  let (dense, coded) = (try scores(conversion.source.layers), try scores(conversion.layers))
  var sum = 0.0
  for row in 0..<dense.rowCount {
    let differences = zip(dense.row(row), coded.row(row)).map { Double($0 - $1) }
    let mean = differences.reduce(0, +) / Double(differences.count)
    sum += differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  }
  return sum / Double(dense.rowCount)
}

@Test func smallerStepsKeepMoreAndCostMore() throws {
  let (model, examples) = try perceptron()
  let results = try [0.005, 0.02, 0.08, 0.3].map { step in
    let conversion = try convert(model, examples, step: step)
    return (
      error: try scoreError(conversion, examples),
      bytes: conversion.layers.reduce(0) { $0 + ByteEstimate.price(of: $1.weight) }
    )
  }
  for (finer, coarser) in zip(results, results.dropFirst()) {
    #expect(finer.error < coarser.error)
    #expect(finer.bytes > coarser.bytes)
  }
}

@Test(arguments: [2, 3])
func noBitOfTheResultDependsOnTheThreads(threads: Int) throws {
  let (model, examples) = try perceptron()
  let alone = try convert(model, examples)
  #expect(try convert(model, examples, threads: threads).layers == alone.layers)
}

@Test func savedStatisticsGiveTheSameResult() throws {
  let (model, examples) = try perceptron()
  let first = try CalibratedConverter(model, data: examples)
  let second = try CalibratedConverter(model, data: examples, statistics: first.statistics)
  #expect(try first.convert(step: 0.02).layers == second.convert(step: 0.02).layers)
}

@Test func everyStageLowersTheErrorOfTheScores() throws {
  let (model, examples) = try perceptron()
  let whole = try scoreError(try convert(model, examples, step: 0.1), examples)
  let without: [(inout CalibrationSettings) -> Void] = [
    { $0.stages.errorFeedback = false }, { $0.stages.sequentialTargets = false },
    { $0.stages.biasCorrection = false },
  ]
  for change in without {
    #expect(try scoreError(try convert(model, examples, step: 0.1, change), examples) > whole)
  }
}

@Test func inputsThatNeverVaryHaveNoCodes() throws {
  let (model, examples) = try perceptron()
  let weight = try convert(model, examples, step: 0.5).layers[0].weight
  let exponents: [Int8]? =
    switch weight {
    case .quantizedLowRank(let factors):
      if case .exponents(let values)? = factors.v.rowFactors { values } else { nil }
    case .quantized(let matrix):
      if case .exponents(let values)? = matrix.columnFactors { values } else { nil }
    default: nil
    }
  #expect(exponents?[29] == ScaleFactors.absent)
}

@Test func aLayerWithoutBiasGetsOneThatKeepsTheMean() throws {
  let (model, examples) = try perceptron(bias: false)
  let layers = try convert(model, examples, step: 0.1).layers
  #expect(layers.allSatisfy { $0.bias != nil })
}

@Test func statisticsOfAnotherModelAreRefused() throws {
  let (model, examples) = try perceptron()
  let statistics = try CalibratedConverter(model, data: examples).statistics
  let other = CalibrationStatistics(
    exampleCount: 600, layers: Array(statistics.layers.dropLast()))
  #expect(throws: CompressionError.self) {
    try CalibratedConverter(model, data: examples, statistics: other)
  }
}

@Test(.needsPython) func statisticsOfAPerceptronAreThoseOfNumpy() throws {
  let (model, examples) = try perceptron()
  var settings = CalibrationSettings(step: 1)
  settings.directionLimit = .max
  let statistics = try CalibratedConverter(model, data: examples, settings: settings).statistics
  let program = """
    x, a, b, c, p, q = matrices[0], matrices[1], matrices[2], matrices[3], matrices[4], matrices[5]
    z1 = x @ a.T + p; h1 = np.maximum(z1, 0); z2 = h1 @ b.T + q; h2 = np.tanh(z2)
    for h in (x, h1, h2): show(h.mean(0)); show(np.cov(h.T, bias=True))
    centre = np.eye(5) - 1 / 5
    j2 = c[None] * (1 - h2 ** 2)[:, None]
    j1 = (j2 @ b) * (z1 > 0)[:, None]
    for j in (j1, j2): show(np.einsum('nci,cd,ndj->ij', j, centre, j) / len(x))
    show(centre)
    """
  let layers = model.layers
  let matrices =
    [examples] + layers.map { $0.weight.materialized() }
    + layers.prefix(2).map { Matrix(Shape(1, $0.outputCount), $0.bias?.values ?? []) }
  let answers = try Python.numbers(
    program, matrices.map { ($0.rowCount, $0.columnCount, $0.elements) })
  for (index, layer) in statistics.layers.enumerated() {
    let pairs = [
      (layer.mean, answers[2 * index]), (layer.covariance.elements, answers[2 * index + 1]),
      (layer.outputMetric.elements, answers[6 + index]),
    ]
    for (found, expected) in pairs {
      let scale = expected.reduce(0) { max($0, abs($1)) }
      // Blocks are multiplied in single precision.
      for (left, right) in zip(found, expected) { #expect(abs(left - right) < 1e-5 * scale) }
    }
  }
}

@Test func aConvolutionOfOnePositionIsCalibratedLikeALinearLayer() throws {
  var generator = SeededGenerator(seed: 21)
  let weight = Representation.dense(WeightMatrix(.random(Shape(6, 32), &generator)))
  let head = try Layer(
    name: "head", weight: .dense(WeightMatrix(.random(Shape(3, 6), &generator))))
  let examples = Matrix<Float>.random(Shape(300, 32), &generator)
  let window = try Window(kernel: Extent(height: 4, width: 4))
  let convolution = try Model(
    name: "conv", input: try ModelInput(shape: [2, 4, 4], layout: .chw),
    steps: [
      .layer(
        try Layer(
          name: "first", operation: .conv2d(try Convolution(window: window, groups: 1)),
          weight: weight, activation: .relu)),
      .transform(try Transform(name: "flat", .flatten)), .layer(head),
    ])
  let linear = try Model(
    name: "linear", input: try ModelInput(shape: [32], layout: .flat),
    layers: [try Layer(name: "first", weight: weight, activation: .relu), head])
  let results = try [convolution, linear].map {
    try CalibratedConverter($0, data: examples).statistics
  }
  for (left, right) in zip(results[0].layers, results[1].layers) {
    for (found, expected) in zip(left.covariance.elements, right.covariance.elements) {
      #expect(abs(found - expected) < 1e-5)
    }
    for (found, expected) in zip(left.outputMetric.elements, right.outputMetric.elements) {
      #expect(abs(found - expected) < 1e-4)
    }
  }
}
