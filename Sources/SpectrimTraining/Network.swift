public import SpectrimCore

/// A model whose weights learn: its forward and its backward pass.
///
/// The passes are apart from the loss and the optimizer, so that a calibration can run them with
/// directions of its own.
public struct Network: Sendable {
  /// The layers in the order they are applied.
  public private(set) var layers: [TrainableLayer]
  private let source: Model

  /// Takes the weights of a model to start from.
  /// - Throws: `TrainingError.notTrainable` when a weight has integer codes, a hidden layer applies
  ///   softmax, or the last layer anything else.
  public init(_ model: Model) throws(TrainingError) {
    var layers: [TrainableLayer] = []
    for (index, layer) in model.layers.enumerated() {
      layers.append(try TrainableLayer(layer, isLast: index == model.layers.count - 1))
    }
    self.layers = layers
    source = model
  }

  /// How many numbers one example has.
  public var inputCount: Int { source.input.elementCount }
  /// How many scores the last layer gives.
  public var outputCount: Int { source.outputCount }

  /// Computes all layers for the batch of the tape.
  /// - Parameter dropout: what hidden outputs are multiplied with, for training only.
  public mutating func forward(_ tape: inout Tape, dropout: inout Dropout?) {
    let count = tape.count
    for index in layers.indices {
      layers[index].weight.forward(
        tape.input(ofLayer: index), count: count, into: &tape.preActivations[index])
      layers[index].finish(
        &tape.preActivations[index], count: count, into: &tape.outputs[index])
      if !tape.outputs[index].isEmpty {
        dropout?.apply(
          to: &tape.outputs[index], mask: &tape.masks[index],
          count: count * layers[index].weight.shape.rowCount)
      }
    }
  }

  /// Computes all layers for the batch of the tape, without dropout.
  public mutating func forward(_ tape: inout Tape) {
    var none: Dropout?
    for index in tape.masks.indices where !tape.masks[index].isEmpty { tape.masks[index] = [] }
    forward(&tape, dropout: &none)
  }

  /// Carries the gradient at the last `z` back to the `z` of every layer.
  /// - Parameter carry: if given, the parameters learn: their gradients are added to this share of
  ///   the earlier ones.
  public mutating func backward(_ tape: inout Tape, carry: Float?) {
    let count = tape.count
    for index in layers.indices.reversed() {
      layers[index].weight.prepareBackward(from: tape.gradients[index], count: count)
      if let carry {
        layers[index].accumulateGradients(
          input: tape.input(ofLayer: index), gradient: tape.gradients[index], count: count,
          carry: carry)
      }
      guard index > 0 else { return }
      layers[index].weight.propagate(
        tape.gradients[index], count: count, into: &tape.gradients[index - 1])
      let front = index - 1
      let length = count * layers[front].weight.shape.rowCount
      if !tape.masks[front].isEmpty {
        ElementLoops.multiply(&tape.gradients[front], by: tape.masks[front], count: length)
      }
      layers[front].activation.scaleByDerivative(
        &tape.gradients[front], preActivation: tape.preActivations[front], count: length)
    }
  }

  /// Moves all parameters against their gradients.
  /// - Parameter step: how many steps were made, this one included.
  public mutating func update(_ optimizer: Optimizer, step: Int) {
    for index in layers.indices { layers[index].update(optimizer, step: step) }
  }

  /// The model with what was learned.
  /// - Throws: `ModelError` when the parts do not fit, which the passes never cause.
  public func model(record: ConversionRecord? = nil) throws(ModelError) -> Model {
    var learned: [Layer] = []
    for (layer, old) in zip(layers, source.layers) { learned.append(try layer.trained(from: old)) }
    return try source.replacing(layers: learned, record: record)
  }
}
