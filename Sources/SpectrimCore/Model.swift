/// A network as a chain of steps, the weight of each layer stored in its own representation.
public struct Model: Sendable, Equatable {
  /// The name, for people.
  public let name: String
  /// What the first step expects.
  public let input: ModelInput
  /// The steps in the order they are applied.
  public let steps: [Step]
  /// The steps with a weight, in order.
  public let layers: [Layer]
  /// What every step takes, and at the end what the last one gives.
  /// - Shape: one more than there are steps.
  public let featureShapes: [FeatureShape]
  /// The names of the classes, if known.
  public let labels: [String]?
  /// How the model came to be, where that is recorded.
  public let record: ConversionRecord?

  /// Creates a model whose steps fit one another.
  /// - Throws: `ModelError` when there is no layer, two steps share a name, or one cannot take what
  ///   the step before it gives.
  public init(
    name: String, input: ModelInput, steps: [Step], labels: [String]? = nil,
    record: ConversionRecord? = nil
  ) throws(ModelError) {
    layers = steps.compactMap(\.layer)
    guard let first = steps.first, !layers.isEmpty else { throw .invalid("a model without layers") }
    var names: Set<String> = []
    var shapes = [input.featureShape(for: first)]
    for step in steps {
      guard names.insert(step.name).inserted else {
        throw .invalid("two layers named `\(step.name)`")
      }
      let shape = try step.outputShape(for: shapes[shapes.count - 1])
      guard shape.elementCount <= FeatureShape.largestElementCount else {
        throw .invalid("layer `\(step.name)` gives \(shape), which is too large to run")
      }
      shapes.append(shape)
    }
    let outputCount = shapes[shapes.count - 1].elementCount
    if let labels, labels.count != outputCount {
      throw .invalid("\(labels.count) labels for \(outputCount) outputs")
    }
    self.name = name
    self.input = input
    self.steps = steps
    featureShapes = shapes
    self.labels = labels
    self.record = record
  }

  /// Creates a model of nothing but layers.
  /// - Throws: `ModelError` as the other initializer.
  public init(
    name: String, input: ModelInput, layers: [Layer], labels: [String]? = nil,
    record: ConversionRecord? = nil
  ) throws(ModelError) {
    try self.init(
      name: name, input: input, steps: layers.map(Step.layer), labels: labels, record: record)
  }

  /// The same model with other layers, one in the place of each, and another record.
  public func replacing(
    layers: [Layer], record: ConversionRecord?
  ) throws(ModelError) -> Model {
    guard layers.count == self.layers.count else {
      throw .invalid("\(layers.count) layers in the place of \(self.layers.count)")
    }
    var rest = layers[...]
    let steps = steps.map { step in
      step.layer == nil ? step : rest.popFirst().map(Step.layer) ?? step
    }
    return try Model(name: name, input: input, steps: steps, labels: labels, record: record)
  }

  /// How many scores the model gives.
  public var outputCount: Int { featureShapes[featureShapes.count - 1].elementCount }
  /// Stored weights, biases and constants of other steps.
  public var parameterCount: Int {
    layers.reduce(transformParameterCount) { $0 + $1.parameterCount }
  }
  /// Weights, biases and constants of the dense network.
  public var denseParameterCount: Int {
    layers.reduce(transformParameterCount) { $0 + $1.denseParameterCount }
  }
  /// `4 · (weights + biases)` of the dense network.
  public var denseByteCount: Int { 4 * denseParameterCount }
  /// Multiplications for one example as stored.
  public var multiplyAccumulateCount: Int { multiplyAccumulateCount { $0.multiplyAccumulateCount } }
  /// Multiplications for one example of the dense network.
  public var denseMultiplyAccumulateCount: Int {
    multiplyAccumulateCount { $0.shape.elementCount }
  }

  private var transformParameterCount: Int {
    steps.reduce(0) { sum, step in
      if case .transform(let transform) = step { sum + transform.parameterCount } else { sum }
    }
  }

  /// The sum over all layers, each counted once for every position of its window.
  private func multiplyAccumulateCount(_ count: (Representation) -> Int) -> Int {
    zip(steps, featureShapes.dropFirst()).reduce(0) { sum, pair in
      let (step, output) = pair
      guard let layer = step.layer else { return sum }
      let positionCount = output.elementCount / layer.outputCount
      return sum + positionCount * layer.parts.reduce(0) { $0 + count($1) }
    }
  }

  /// The scores of a batch of normalized examples, by the reference implementation.
  /// - Shape: batch `[count, input.elementCount]`, result `[count, outputCount]`.
  public func scores(for batch: Matrix<Float>) -> Matrix<Float> {
    let ordered = input.channelFirstOrder.map { batch.selecting(columns: $0) } ?? batch
    return zip(steps, featureShapes).reduce(steps[0].takesMap ? ordered : batch) {
      $1.0.apply(to: $0, shape: $1.1)
    }
  }
}
