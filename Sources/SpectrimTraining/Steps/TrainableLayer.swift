public import SpectrimCore

/// A layer whose weight and bias learn.
public struct TrainableLayer: Sendable {
  /// The name.
  public let name: String
  /// The weight.
  public internal(set) var weight: any TrainableWeight
  /// The constant that is added, if any.
  public internal(set) var bias: TrainableBias?
  /// The function applied to the sum; `none` and `softmax` of a last layer are the same here,
  /// because the cross-entropy contains the softmax.
  public let activation: Activation
  /// What the window of a convolution sees; `nil` for a linear layer.
  package let grid: PatchGrid?
  /// Which column of the model's weight stands in each column here; `nil` if none is elsewhere.
  package let columnOrder: [Int]?
  /// The numbers that the weight sees and the group of each; all are one group but for convolutions
  /// in several.
  package let inputs: ChannelGroups

  init(_ layer: Layer, _ step: ChannelLastStep, isLast: Bool) throws(TrainingError) {
    let isOutput = layer.activation == .none || layer.activation == .softmax
    guard isLast ? isOutput : layer.activation != .softmax else {
      throw .notTrainable(
        layer: layer.name, found: "activation `\(layer.activation.kind.rawValue)`",
        expected: isLast ? "none or softmax in the last layer" : "softmax in the last layer only")
    }
    name = layer.name
    activation = layer.activation
    bias = layer.bias.map { TrainableBias($0) }
    columnOrder = step.order
    let stored = step.order.map { layer.weight.selecting(columns: $0) } ?? layer.weight
    guard case .conv2d(let convolution) = layer.operation else {
      grid = nil
      inputs = ChannelGroups(count: 1, channelCount: layer.inputCount)
      weight = stored.trainable
      return
    }
    let placeCount = convolution.window.elementCount
    grid = PatchGrid(convolution.window, on: step.input)
    inputs = ChannelGroups(
      count: convolution.groups, channelCount: layer.inputCount / placeCount,
      placeCount: placeCount)
    weight = inputs.count > 1 ? GroupedWeight(stored, inputs: inputs) : stored.trainable
  }

  /// Whether the rows that the weight sees are copied out of a map.
  var gathersPatches: Bool { grid.map { !$0.isIdentity } ?? false }

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
    guard weight.trainsBias else { return }
    bias?.accumulateRowSum(of: gradient, count: count, carry: carry)
  }

  /// Whether integer codes learn, in the weight or the bias.
  public var hasCodes: Bool { weight.hasCodes || (weight.trainsBias && bias?.codes != nil) }
  /// Whether floats learn, in the weight or the bias.
  public var hasFloats: Bool {
    !weight.hasCodes || (weight.trainsBias && bias != nil && bias?.codes == nil)
  }

  mutating func addRatePenalty(price: Float) {
    weight.addRatePenalty(price: price)
    if weight.trainsBias { bias?.addRatePenalty(price: price) }
  }

  mutating func update(_ optimizer: Optimizer, codes: Optimizer, step: Int) {
    weight.update(weight.hasCodes ? codes : optimizer, step: step)
    if weight.trainsBias { bias?.update(optimizer, codes: codes, step: step) }
  }

  /// The layer with what was learned, floats in 32 bits.
  func trained(from layer: Layer) throws(ModelError) -> Layer {
    let learned = weight.trainsBias ? bias?.bias : layer.bias
    let stored = try weight.representation
    return try layer.replacing(
      weight: columnOrder.map { stored.selecting(columns: $0.inverted) } ?? stored, bias: learned)
  }
}

extension [Int] {
  /// Where each index stands in an order of all indices.
  fileprivate var inverted: [Int] {
    var places = self
    for (place, index) in enumerated() { places[index] = place }
    return places
  }
}
