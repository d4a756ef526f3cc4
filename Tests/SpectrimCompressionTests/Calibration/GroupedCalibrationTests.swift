import SpectrimCompression
import SpectrimCore
import SpectrimTestSupport
import Testing

/// 4×6×6 to 3 scores: a depthwise convolution, a batch normalization that stayed a step, a convolution
/// in two groups, a normalization of examples, a head.
private func mobile() throws -> Model {
  var generator = SeededGenerator(seed: 31)
  func numbers(_ count: Int, around mean: Float = 0) -> [Float] {
    (0..<count).map { _ in mean + 0.3 * Float(generator.normal()) }
  }
  func layer(
    _ name: String, _ operation: SpectrimCore.Operation, _ shape: Shape, _ activation: Activation
  ) throws -> Step {
    .layer(
      try Layer(
        name: name, operation: operation,
        weight: .dense(WeightMatrix(.random(shape, &generator))),
        bias: Bias(numbers(shape.rowCount)),
        activation: activation))
  }
  let padded = try Window(kernel: Extent(3), padding: Padding(1))
  let plain = try Window(kernel: Extent(3))
  return try Model(
    name: "mobile", input: ModelInput(shape: [4, 6, 6], layout: .chw),
    steps: [
      layer("depthwise", .conv2d(Convolution(window: padded, groups: 4)), Shape(4, 9), .none),
      .transform(
        Transform(
          name: "bn", .affine(ChannelAffine(scale: numbers(4, around: 1), shift: numbers(4))))),
      .transform(Transform(name: "relu", .activation(.relu))),
      layer("pair", .conv2d(Convolution(window: plain, groups: 2)), Shape(6, 18), .relu),
      .transform(
        Transform(
          name: "ln",
          .layerNormalization(
            LayerNormalization(
              scale: numbers(96, around: 1), shift: numbers(96), epsilon: 1e-5)))),
      .transform(Transform(name: "flatten", .flatten)),
      layer("head", .linear, Shape(3, 96), .softmax),
    ])
}

/// Maps whose channels have means far apart that cancel on the whole.
private func maps(_ count: Int) -> Matrix<Float> {
  var generator = SeededGenerator(seed: 32)
  var maps = Matrix<Float>.random(Shape(count, 144), &generator)
  for index in maps.elements.indices {
    maps.elements[index] += [1, -1, 2, -2][index % 144 / 36]
  }
  return maps
}

/// The same model with convolutions in one group, whose weights are zero between the groups.
private func withoutGroups(_ model: Model) throws -> Model {
  try Model(
    name: model.name, input: model.input,
    steps: model.steps.map { step in
      guard let layer = step.layer, case .conv2d(let convolution) = layer.operation else {
        return step
      }
      let weight = layer.weight.materialized()
      let (width, rowsPerGroup) = (weight.columnCount, weight.rowCount / convolution.groups)
      var whole = Matrix<Float>(
        repeating: 0, Shape(weight.rowCount, convolution.groups * width))
      for row in 0..<weight.rowCount {
        for column in 0..<width {
          whole[row, row / rowsPerGroup * width + column] = weight[row, column]
        }
      }
      return .layer(
        try Layer(
          name: layer.name, operation: .conv2d(Convolution(window: convolution.window)),
          weight: .dense(WeightMatrix(whole)), bias: layer.bias, activation: layer.activation))
    })
}

private func expectEqual(_ found: [Double], _ expected: [Double]) {
  #expect(found.count == expected.count)
  let scale = expected.reduce(0) { max($0, abs($1)) }
  // Blocks are multiplied in single precision.
  for (left, right) in zip(found, expected) { #expect(abs(left - right) < 1e-4 * scale) }
}

@Test func statisticsOfGroupsAreTheMeanOfThoseOfEach() throws {
  let (model, examples) = (try mobile(), maps(300))
  let found = try CalibratedConverter(model, data: examples).statistics
  let whole = try CalibratedConverter(withoutGroups(model), data: examples).statistics
  for (index, groupCount) in [4, 2, 1].enumerated() {
    let (found, whole) = (found.layers[index], whole.layers[index])
    // Channels come first in a column, so that the means of the groups follow one another.
    expectEqual(found.mean, whole.mean)
    let width = found.covariance.rowCount
    var covariance = Matrix<Double>(repeating: 0, Shape(width, width))
    for group in 0..<groupCount {
      for row in 0..<width {
        for column in 0..<width {
          covariance[row, column] +=
            whole.covariance[group * width + row, group * width + column] / Double(groupCount)
        }
      }
    }
    expectEqual(found.covariance.elements, covariance.elements)
    var metric = whole.outputMetric
    let side = metric.rowCount / groupCount
    for row in 0..<metric.rowCount {
      for column in 0..<metric.rowCount where row / side != column / side {
        metric[row, column] = 0
      }
    }
    expectEqual(found.outputMetric.elements, metric.elements)
  }
}

@Test func theBiasKeepsTheMeanOfEveryChannelOfADepthwiseConvolution() throws {
  let (model, examples) = (try mobile(), maps(300))
  func means(_ layer: Layer) throws -> [Double] {
    let values = try Model(name: "", input: model.input, steps: [.layer(layer)])
      .scores(for: examples).elements
    var sums = [Double](repeating: 0, count: 4)
    for (index, value) in values.enumerated() { sums[index % 144 / 36] += Double(value) }
    return sums.map { $0 / Double(values.count / 4) }
  }
  let dense = try means(model.layers[0])
  let errors = try [true, false].map { correction in
    var settings = CalibrationSettings(step: 1)
    settings.stages.biasCorrection = correction
    let coded = try CalibratedConverter(model, data: examples, settings: settings)
      .convert(step: 0.5).layers[0]
    return zip(dense, try means(coded)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
  // What is left is the rounding of the bias itself; a mean over all channels would be 0 here.
  #expect(errors[0] < 0.2 * errors[1])
}

@Test(arguments: [true, false])
func smallStepsKeepTheDecisionsOfAModelWithGroups(sequential: Bool) throws {
  let (model, examples) = (try mobile(), maps(300))
  var settings = CalibrationSettings(step: 1)
  settings.stages.sequentialTargets = sequential
  let converter = try CalibratedConverter(model, data: examples, settings: settings)
  let expected = model.scores(for: examples)
  let results = try [0.01, 0.1, 1].map { step in
    let conversion = try converter.convert(step: step)
    let scores = try model.replacing(layers: conversion.layers, record: nil).scores(for: examples)
    let agreement = (0..<300).count { row in
      let (left, right) = (scores.row(row), expected.row(row))
      return left.firstIndex(of: left.max() ?? 0).map { $0 - left.startIndex }
        == right.firstIndex(of: right.max() ?? 0).map { $0 - right.startIndex }
    }
    return (
      agreement: Double(agreement) / 300,
      bytes: conversion.layers.reduce(0) { $0 + ByteEstimate.price(of: $1.weight) }
    )
  }
  #expect(results[0].agreement >= 0.99)
  #expect(results[1].agreement >= 0.95)
  #expect(results[0].agreement >= results[2].agreement)
  #expect(results[0].bytes > results[1].bytes && results[1].bytes > results[2].bytes)
}
