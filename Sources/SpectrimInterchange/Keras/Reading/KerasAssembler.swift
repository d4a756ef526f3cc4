internal import SpectrimCore

/// Turns the layers of a chain into steps, one after the other.
struct KerasAssembler {
  let file: String
  private let network: KerasNetwork
  private let weights: KerasWeights
  /// The sides of one example as Keras has them, reshaped by what comes before the first step.
  private(set) var inputSides: [Int]
  /// The sides of an image that was flattened before the first step.
  private var imageSides: [Int]?
  private var normalization: Normalization?
  private(set) var steps: [Step] = []
  /// What the last step gives.
  private(set) var shape: FeatureShape
  /// Where each number of a flattened map stands in Keras' vector; `nil` if in the same place.
  var order: [Int]?
  /// Zeros around the map that the next step is going to put there.
  var padding = Padding(0)
  /// Whether nothing below zero can come out of the last step.
  private(set) var isNonNegative = false
  var notes: [String] = []

  /// Starts in front of the first layer.
  init(_ network: KerasNetwork, _ weights: KerasWeights, inputSides: [Int], file: String)
    throws(KerasObstacle)
  {
    self.network = network
    self.weights = weights
    self.file = file
    self.inputSides = inputSides
    shape = .vector(0)
    try setInput(inputSides)
  }

  /// Takes other sides of the input, before the first step.
  mutating func setInput(_ sides: [Int]) throws(KerasObstacle) {
    let (count, overflow) = sides.reduce((1, false)) { count, side in
      let (product, overflow) = count.0.multipliedReportingOverflow(by: side)
      return (product, overflow || count.1)
    }
    guard !sides.isEmpty, sides.allSatisfy({ $0 > 0 }), !overflow, count <= Self.largestCount else {
      throw KerasObstacle("its input has shape \(sides)")
    }
    if inputSides.count == 3, sides.count == 1 { imageSides = inputSides }
    inputSides = sides
    shape =
      sides.count == 3
      ? .map(channels: sides[2], height: sides[0], width: sides[1]) : .vector(count)
  }

  /// The scale of pixels that belongs to the input, unless there is one already.
  mutating func setNormalization(_ normalization: Normalization) -> Bool {
    guard steps.isEmpty, self.normalization == nil else { return false }
    self.normalization = normalization
    return true
  }

  /// More numbers than this between two steps are not run, and not even counted one by one here.
  private static let largestCount = 1 << 26

  mutating func push(_ step: Step) throws(ModelError) {
    shape = try step.outputShape(for: shape)
    guard shape.elementCount <= Self.largestCount else {
      throw .invalid("gives \(shape), which is too large to run")
    }
    steps.append(step)
    switch step {
    case .layer(let layer): isNonNegative = layer.activation.isNonNegative
    case .transform(let transform):
      switch transform.operation {
      case .activation(let activation):
        // No function makes a number that is not below zero one that is.
        isNonNegative = isNonNegative || activation.isNonNegative
      case .pool, .flatten: break
      case .layerNormalization, .affine: isNonNegative = false
      }
    }
  }

  mutating func push(_ name: String, _ operation: Transform.Operation) throws(ModelError) {
    try push(.transform(Transform(name: name, operation)))
  }

  /// The weights of a layer whose names in the order of Keras 3 are given.
  func weights(of layer: KerasLayer, _ names: [String]) -> KerasLayerWeights {
    let className = KerasClassName.snakeCase(layer.className)
    let place = network.layers.prefix { $0.name != layer.name }
      .count { KerasClassName.snakeCase($0.className) == className }
    return KerasLayerWeights(
      layer: layer, file: file,
      datasets: weights.variables(of: layer, place: place, expecting: names))
  }

  /// The model, once all layers are there.
  mutating func model() throws -> Model {
    guard padding.isEmpty else { throw KerasObstacle("it ends with a padding") }
    let plane: Int =
      switch shape {
      case .vector: 1
      case .map(let channels, let height, let width): channels > 1 ? height * width : 1
      }
    guard order == nil, plane == 1 else {
      throw KerasObstacle(
        "it ends with a map, whose numbers Keras gives with the channels last, Spectrim first")
    }
    let input = shapeOfInput
    let folded = try StepFolding.folded(steps, input: input)
    notes += folded.notes
    return try Model(
      name: network.name, input: try modelInput(first: folded.steps.first), steps: folded.steps)
  }

  private var shapeOfInput: FeatureShape {
    inputSides.count == 3
      ? .map(channels: inputSides[2], height: inputSides[0], width: inputSides[1])
      : .vector(inputSides.reduce(1, *))
  }

  /// An image that is flattened before a linear layer stays one: its numbers keep their order.
  private func modelInput(first: Step?) throws(ModelError) -> ModelInput {
    let normalization = normalization ?? .unitBytes
    if let imageSides, first?.kind == .linear {
      return try ModelInput(shape: imageSides, layout: .hwc, normalization: normalization)
    }
    if inputSides.count == 3 {
      return try ModelInput(shape: inputSides, layout: .hwc, normalization: normalization)
    }
    return try ModelInput(shape: [inputSides.reduce(1, *)], normalization: normalization)
  }
}

extension Activation {
  /// Whether nothing below zero comes out.
  fileprivate var isNonNegative: Bool { self == .relu || self == .sigmoid || self == .softmax }
  /// Whether zero stays zero.
  var keepsZero: Bool { self != .sigmoid && self != .softmax }
}
