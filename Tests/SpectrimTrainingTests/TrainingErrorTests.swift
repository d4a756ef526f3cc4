import SpectrimCore
import SpectrimTraining
import Testing

private func layer(
  _ name: String, _ activation: Activation, _ weight: Representation
) throws -> Layer {
  try Layer(name: name, weight: weight, activation: activation)
}

private let square = Representation.dense(WeightMatrix(Matrix(repeating: 1, Shape(2, 2))))

private func model(_ layers: [Layer]) throws -> Model {
  try Model(name: "m", input: try ModelInput(shape: [2]), layers: layers)
}

private func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}

@Test func whatCannotBeTrainedIsNamed() throws {
  let codes = try QuantizedMatrix(codes: Matrix(rows: [[1, 2], [3, 4]]), bitsPerWeight: 8)
  #expect(
    message {
      _ = try Trainer(TrainingSettings(optimizer: .sgd(rate: 1), batchSize: 1, epochs: 1)).train(
        model([layer("fc1", .none, .quantized(codes))]),
        on: Examples(inputs: Matrix(rows: [[1, 1]]), labels: [0]))
    }
      == "layer `fc1`: a weight or bias of integer codes cannot be trained; "
      + "expected floats; expand the model first, or distil it")
  #expect(
    message {
      _ = try Network(model([layer("fc1", .softmax, square), layer("fc2", .none, square)]))
    }
      == "layer `fc1`: activation `softmax` cannot be trained; "
      + "expected softmax in the last layer only")
  #expect(
    message { _ = try Network(model([layer("fc1", .relu, square)])) }
      == "layer `fc1`: activation `relu` cannot be trained; "
      + "expected none or softmax in the last layer")
  #expect(try Network(model([layer("fc1", .softmax, square)])).outputCount == 2)
}

@Test func stepsThatCannotBeTrainedAreNamed() throws {
  let input = try ModelInput(shape: [2, 1, 1], layout: .chw)
  func message(_ steps: [Step]) throws -> String {
    let model = try Model(name: "m", input: input, steps: steps)
    do {
      _ = try Network(model)
      return "no error"
    } catch { return "\(error)" }
  }
  let softmax = Step.transform(try Transform(name: "share", .activation(.softmax)))
  let flatten = Step.transform(try Transform(name: "flatten", .flatten))
  let one = try Window(kernel: Extent(1))
  let fc = Step.layer(try layer("fc", .none, square))
  #expect(
    try message([flatten, softmax, fc])
      == "layer `share`: activation `softmax` cannot be trained; expected softmax at the end only")
  let pool = Step.transform(try Transform(name: "pool", .pool(Pooling(.average, window: one))))
  let convolution = try Layer(
    name: "conv", operation: .conv2d(Convolution(window: one)), weight: square)
  #expect(
    try message([.layer(convolution), pool])
      == "layer `pool`: a step `average_pool2d` at the end cannot be trained; "
      + "expected a layer that gives the scores")
  #expect(try message([.layer(convolution), flatten]) == "no error")
}

@Test func examplesThatDoNotFitAreNamed() throws {
  let network = try model([layer("fc1", .none, square)])
  let trainer = Trainer(TrainingSettings(optimizer: .sgd(rate: 1), batchSize: 2, epochs: 1))
  let one = Matrix<Float>(rows: [[1, 1]])
  #expect(
    message { _ = try trainer.train(network, on: Examples(inputs: one, labels: [2])) }
      == "examples: label 2; expected 0 to 1")
  #expect(
    message { _ = try Examples(inputs: one, labels: [0, 1]) }
      == "examples: 2 numbers in rows of 2 with 2 labels; expected one label per row")
  #expect(
    message { _ = try Examples(inputs: Matrix(rows: []), labels: []) }
      == "examples: none; expected at least one")
  let wide = Matrix<Float>(rows: [[1, 1, 1]])
  #expect(
    message { _ = try trainer.train(network, on: Examples(inputs: wide, labels: [0])) }
      == "examples: 3 numbers each; expected 2, as the model asks")
}

@Test func aLossThatIsNotFiniteEndsTheTraining() throws {
  let network = try model([layer("fc1", .none, square)])
  let examples = try Examples(inputs: Matrix(rows: [[1e30, -1e30]]), labels: [1])
  let settings = TrainingSettings(optimizer: .sgd(rate: 1e30), batchSize: 1, epochs: 3)
  #expect(
    message { _ = try Trainer(settings).train(network, on: examples) }
      == "epoch 2, batch 1: the loss is not finite; lower the learning rate")
}
