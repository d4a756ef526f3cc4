public import SpectrimCore

/// A model whose weights learn: its forward and its backward pass.
///
/// The passes are apart from the loss and the optimizer, so that a calibration can run them with
/// directions of its own.
public struct Network: Sendable {
  /// The layers in the order they are applied.
  public internal(set) var layers: [TrainableLayer]
  /// Everything that is done, layers among it.
  let steps: [TrainableStep]
  private let source: Model

  /// Takes the weights of a model to start from.
  /// - Throws: `TrainingError.notTrainable` when a hidden layer applies softmax, the last one
  ///   anything else, or a step has no backward pass.
  public init(_ model: Model) throws(TrainingError) {
    (steps, layers) = try Self.compile(model)
    source = model
  }

  /// How many numbers one example has.
  public var inputCount: Int { source.input.elementCount }
  /// How many scores the last layer gives.
  public var outputCount: Int { source.outputCount }

  /// Adds the gradient of `price · Σ log₂(1 + 2 |q|)` over all codes, those of biases included.
  /// - Parameter price: nats of loss per bit.
  public mutating func addRatePenalty(price: Float) {
    for index in layers.indices { layers[index].addRatePenalty(price: price) }
  }

  /// Moves all parameters against their gradients.
  /// - Parameters:
  ///   - optimizer: how floats follow.
  ///   - codes: how codes follow, with steps in units of one code; `nil` as floats do.
  ///   - step: how many steps were made, this one included.
  public mutating func update(_ optimizer: Optimizer, codes: Optimizer? = nil, step: Int) {
    for index in layers.indices {
      layers[index].update(optimizer, codes: codes ?? optimizer, step: step)
    }
  }

  /// The model with what was learned.
  /// - Throws: `ModelError` when the parts do not fit, which the passes never cause.
  public func model(record: ConversionRecord? = nil) throws(ModelError) -> Model {
    var learned: [Layer] = []
    for (layer, old) in zip(layers, source.layers) { learned.append(try layer.trained(from: old)) }
    return try source.replacing(layers: learned, record: record)
  }
}
