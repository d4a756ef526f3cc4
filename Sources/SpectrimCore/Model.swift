/// A network as a chain of layers, each stored in its own representation.
public struct Model: Sendable, Equatable {
  /// The name, for people.
  public let name: String
  /// What the first layer expects.
  public let input: ModelInput
  /// The layers in the order they are applied.
  public let layers: [Layer]
  /// The names of the classes, if known.
  public let labels: [String]?
  /// How the model came to be, where that is recorded.
  public let record: ConversionRecord?

  /// Creates a model whose layers fit one another.
  /// - Throws: `ModelError` when there is no layer, two share a name, one has no outputs, or a width
  ///   does not fit.
  public init(
    name: String, input: ModelInput, layers: [Layer], labels: [String]? = nil,
    record: ConversionRecord? = nil
  ) throws(ModelError) {
    guard let last = layers.last else { throw .invalid("a model without layers") }
    var names: Set<String> = []
    var width = input.elementCount
    for layer in layers {
      guard names.insert(layer.name).inserted else {
        throw .invalid("two layers named `\(layer.name)`")
      }
      guard layer.inputCount == width else {
        throw .invalid(
          "layer `\(layer.name)` takes \(layer.inputCount) inputs, but gets \(width)")
      }
      guard layer.outputCount > 0 else {
        throw .invalid("layer `\(layer.name)` has no outputs; expected at least one")
      }
      width = layer.outputCount
    }
    if let labels, labels.count != last.outputCount {
      throw .invalid("\(labels.count) labels for \(last.outputCount) outputs")
    }
    self.name = name
    self.input = input
    self.layers = layers
    self.labels = labels
    self.record = record
  }

  /// The same model with other layers of the same widths and another record.
  public func replacing(
    layers: [Layer], record: ConversionRecord?
  ) throws(ModelError) -> Model {
    try Model(name: name, input: input, layers: layers, labels: labels, record: record)
  }

  /// How many scores the model gives.
  public var outputCount: Int { layers[layers.count - 1].outputCount }
  /// Stored weights and biases.
  public var parameterCount: Int { layers.reduce(0) { $0 + $1.parameterCount } }
  /// Weights and biases of the dense network.
  public var denseParameterCount: Int { layers.reduce(0) { $0 + $1.denseParameterCount } }
  /// `4 · (weights + biases)` of the dense network.
  public var denseByteCount: Int { layers.reduce(0) { $0 + $1.denseByteCount } }
  /// Multiplications for one example as stored.
  public var multiplyAccumulateCount: Int {
    layers.reduce(0) { $0 + $1.weight.multiplyAccumulateCount }
  }
  /// Multiplications for one example of the dense network.
  public var denseMultiplyAccumulateCount: Int {
    layers.reduce(0) { $0 + $1.weight.shape.elementCount }
  }

  /// The scores of a batch of normalized examples, by the reference implementation.
  /// - Shape: batch `[count, input.elementCount]`, result `[count, outputCount]`.
  public func scores(for batch: Matrix<Float>) -> Matrix<Float> {
    layers.reduce(batch) { $1.apply(to: $0) }
  }
}
