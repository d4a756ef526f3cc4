/// One step of a model.
public enum Step: Sendable, Equatable {
  /// A weight in some representation, a bias and an activation.
  case layer(Layer)
  /// Anything without a weight matrix.
  case transform(Transform)

  /// The names of the steps; the raw value is the word on disk and in reports.
  public enum Kind: String, Sendable, CaseIterable, Codable {
    case linear
    case conv2d
    case maxPool2d = "max_pool2d"
    case averagePool2d = "average_pool2d"
    case flatten
    case activation
    case layerNormalization = "layer_norm"
    case affine
  }

  /// Which step this is.
  public var kind: Kind {
    switch self {
    case .layer(let layer): layer.operation.kind
    case .transform(let transform): transform.kind
    }
  }

  /// The name, unique within the model.
  public var name: String {
    switch self {
    case .layer(let layer): layer.name
    case .transform(let transform): transform.name
    }
  }

  /// Whether an input of three sides comes to this first step as a map.
  package var takesMap: Bool { kind != .linear }

  /// The layer, where this is one.
  public var layer: Layer? {
    if case .layer(let layer) = self { layer } else { nil }
  }

  /// What the step makes of an example of a shape.
  /// - Throws: `ModelError` when the step cannot take it.
  public func outputShape(for input: FeatureShape) throws(ModelError) -> FeatureShape {
    do {
      return switch self {
      case .layer(let layer): try layer.outputShape(for: input)
      case .transform(let transform): try transform.operation.outputShape(for: input)
      }
    } catch { throw .invalid("layer `\(name)` \(error)") }
  }
}

extension Layer {
  fileprivate func outputShape(for input: FeatureShape) throws(ModelError) -> FeatureShape {
    guard outputCount > 0 else { throw .invalid("has no outputs; expected at least one") }
    switch (operation, input) {
    case (.linear, .vector(inputCount)): return .vector(outputCount)
    case (.linear, .vector(let count)):
      throw .invalid("takes \(inputCount) inputs, but gets \(count)")
    case (.linear, .map): throw .invalid("takes a vector, but gets \(input); add a flatten")
    case (.conv2d(let convolution), .map(let channels, let height, let width)):
      let groups = convolution.groups
      let expected = channels / groups * convolution.window.elementCount
      guard channels % groups == 0, outputCount % groups == 0, inputCount == expected else {
        throw .invalid(
          "has a matrix \(weight.shape) that does not fit \(channels) channels in \(groups) groups of "
            + "kernels of \(convolution.window.kernel.height)×\(convolution.window.kernel.width)")
      }
      guard activation != .softmax else { throw .invalid("applies softmax to a map") }
      return try convolution.window.outputShape(
        channels: outputCount, on: Extent(height: height, width: width))
    case (.conv2d, .vector): throw .invalid("takes a map, but gets \(input)")
    }
  }
}

extension Transform.Operation {
  fileprivate func outputShape(for input: FeatureShape) throws(ModelError) -> FeatureShape {
    switch (self, input) {
    case (.pool(let pooling), .map(let channels, let height, let width)):
      return try pooling.window.outputShape(
        channels: channels, on: Extent(height: height, width: width))
    case (.pool, .vector): throw .invalid("takes a map, but gets \(input)")
    case (.flatten, _): return .vector(input.elementCount)
    case (.activation(.softmax), .map): throw .invalid("applies softmax to a map")
    case (.activation, _): return input
    case (.layerNormalization(let norm), _):
      guard norm.scale.count == input.elementCount else {
        throw .invalid("has \(norm.scale.count) scales, but gets \(input)")
      }
      return input
    case (.affine(let affine), .map(let count, _, _)), (.affine(let affine), .vector(let count)):
      guard affine.scale.count == count else {
        throw .invalid("has \(affine.scale.count) scales, but gets \(input)")
      }
      return input
    }
  }
}

extension Window {
  fileprivate func outputShape(
    channels: Int, on map: Extent
  ) throws(ModelError) -> FeatureShape {
    guard let positions = positions(on: map) else {
      throw .invalid("has a window that does not fit a map of \(map.height)×\(map.width)")
    }
    let (plane, overflow) = positions.height.multipliedReportingOverflow(by: positions.width)
    guard !overflow, !plane.multipliedReportingOverflow(by: channels).overflow else {
      throw .invalid("gives more than can be counted")
    }
    return .map(channels: channels, height: positions.height, width: positions.width)
  }
}
