/// The affine map from real inputs to unsigned bytes that a calibration found.
///
/// `x ≈ scale · (byte − zeroPoint)`; for kernels with integer activations.
public struct InputQuantization: Sendable, Equatable {
  /// Input units per step.
  public let scale: Float
  /// The byte that stands for 0.
  public let zeroPoint: UInt8

  /// Creates the map.
  public init(scale: Float, zeroPoint: UInt8) {
    self.scale = scale
    self.zeroPoint = zeroPoint
  }
}

/// One step of a model: a weight in some representation, a bias and an activation.
public struct Layer: Sendable, Equatable {
  /// The name, unique within the model.
  public let name: String
  /// What is done with the weight.
  public let operation: Operation
  /// The weight.
  /// - Shape: `[out, in]`.
  public let weight: Representation
  /// The constant that is added, if any.
  /// - Shape: `[out]`.
  public let bias: Bias?
  /// The function applied to the sum.
  public let activation: Activation
  /// How the weight was drawn before training, where known.
  public let initializer: Initializer?
  /// Static quantization of the inputs, where a calibration found one.
  public let inputQuantization: InputQuantization?

  /// Creates a layer.
  /// - Throws: `ModelError` when the name is empty or the bias does not fit the weight.
  public init(
    name: String, operation: Operation = .linear, weight: Representation, bias: Bias? = nil,
    activation: Activation = .none, initializer: Initializer? = nil,
    inputQuantization: InputQuantization? = nil
  ) throws(ModelError) {
    guard !name.isEmpty else { throw .invalid("a layer without a name") }
    if let bias, bias.count != weight.shape.rowCount {
      throw .invalid("a bias of \(bias.count) values for \(weight.shape.rowCount) outputs")
    }
    self.name = name
    self.operation = operation
    self.weight = weight
    self.bias = bias
    self.activation = activation
    self.initializer = initializer
    self.inputQuantization = inputQuantization
  }

  /// The same layer with another weight (and bias) of the same shape.
  public func replacing(weight: Representation, bias: Bias?) throws(ModelError) -> Layer {
    guard weight.shape == self.weight.shape else {
      throw .shapeMismatch("the new weight", found: weight.shape, expected: self.weight.shape)
    }
    return try Layer(
      name: name, operation: operation, weight: weight, bias: bias, activation: activation,
      initializer: initializer, inputQuantization: inputQuantization)
  }

  /// The groups of a convolution; anything else is one.
  package var groupCount: Int {
    if case .conv2d(let convolution) = operation { convolution.groups } else { 1 }
  }

  /// The weight of every group of a convolution, or the one weight.
  package var parts: [Representation] {
    guard groupCount > 1 else { return [weight] }
    let count = outputCount / groupCount
    return (0..<groupCount).map {
      weight.selecting(rows: Array($0 * count..<($0 + 1) * count))
    }
  }

  /// How many inputs one output sees: the columns of the weight.
  public var inputCount: Int { weight.shape.columnCount }
  /// How many outputs, or output channels: the rows of the weight.
  public var outputCount: Int { weight.shape.rowCount }
  /// Stored weights and biases.
  public var parameterCount: Int { weight.parameterCount + (bias?.count ?? 0) }
  /// Weights and biases of the dense layer.
  public var denseParameterCount: Int { weight.shape.elementCount + (bias?.count ?? 0) }
  /// `4 · (weights + biases)`: the bytes of the dense layer in 32-bit floats.
  public var denseByteCount: Int { 4 * denseParameterCount }
  /// Stored bytes of weight and bias before lossless coding.
  public var byteCount: Int { weight.byteCount + (bias?.byteCount ?? 0) }
}
