public import SpectrimCore

/// A layer whose weight and bias learn.
public struct TrainableLayer: Sendable {
  /// The name.
  public let name: String
  /// The weight.
  public internal(set) var weight: any TrainableWeight
  /// The constant that is added, if any.
  /// - Shape: `[1, out]`.
  public internal(set) var bias: Parameter?
  /// The function applied to the sum; `none` and `softmax` of a last layer are the same here,
  /// because the cross-entropy contains the softmax.
  public let activation: Activation

  init(_ layer: Layer, isLast: Bool) throws(TrainingError) {
    let isOutput = layer.activation == .none || layer.activation == .softmax
    guard isLast ? isOutput : layer.activation != .softmax else {
      throw .notTrainable(
        layer: layer.name, found: "activation `\(layer.activation.kind.rawValue)`",
        expected: isLast ? "none or softmax in the last layer" : "softmax in the last layer only")
    }
    name = layer.name
    activation = layer.activation
    bias = layer.bias.map { Parameter(Matrix(Shape(1, $0.count), $0.values)) }
    switch layer.weight {
    case .dense(let weight): self.weight = DenseWeight(weight)
    case .factorized(let weight): self.weight = FactorizedWeight(weight)
    case .chain(let weight): self.weight = ChainWeight(weight)
    case .lora(let weight): self.weight = LoRAWeight(weight)
    case .quantized, .quantizedLowRank:
      throw .notTrainable(
        layer: layer.name, found: "a weight of kind `\(layer.weight.kind.rawValue)`",
        expected: "floats; expand the model first")
    }
  }

  /// Adds the bias and applies the activation.
  /// - Shape: `z` and output are `[count, out]`; an empty output is left alone.
  func finish(_ preActivation: inout [Float], count: Int, into output: inout [Float]) {
    let width = weight.shape.rowCount
    let bias = bias?.values ?? []
    if output.isEmpty {
      ElementLoops.add(bias, toRows: &preActivation, count: count, width: width)
    } else if activation == .relu {
      ElementLoops.addAndRectify(bias, &preActivation, into: &output, count: count, width: width)
    } else {
      ElementLoops.addAndCopy(bias, &preActivation, into: &output, count: count, width: width)
      // Rows beyond `count` are computed along; they hold an earlier batch and are not read.
      var values = output.mutableSpan
      activation.apply(to: &values, columnCount: width)
    }
  }

  /// Adds the gradients of the weight and the bias to `carry` times the earlier ones.
  mutating func accumulateGradients(
    input: [Float], gradient: [Float], count: Int, carry: Float
  ) {
    weight.accumulateGradients(input: input, gradient: gradient, count: count, carry: carry)
    guard weight.trainsBias, bias != nil else { return }
    let width = weight.shape.rowCount
    bias?.accumulateRowSum(of: gradient, count: count, width: width, carry: carry)
  }

  mutating func update(_ optimizer: Optimizer, step: Int) {
    weight.update(optimizer, step: step)
    if weight.trainsBias { bias?.update(optimizer, step: step) }
  }

  /// The layer with what was learned, in floats of 32 bits.
  func trained(from layer: Layer) throws(ModelError) -> Layer {
    let learned = weight.trainsBias ? bias.map { Bias($0.values) } : layer.bias
    return try layer.replacing(weight: try weight.representation, bias: learned)
  }
}

extension Parameter {
  fileprivate mutating func accumulateRowSum(
    of outer: [Float], count: Int, width: Int, carry: Float
  ) {
    ElementLoops.sumRows(of: outer, into: &gradient, count: count, width: width, carry: carry)
  }
}
