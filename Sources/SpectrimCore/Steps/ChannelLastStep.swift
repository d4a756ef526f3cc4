/// A step of a model as it runs on maps whose channels stand last, `[row, column, channel]`.
///
/// The products of a convolution come out in that order, and what a window sees lies together in
/// it. A flatten then moves nothing: the numbers of the next step are permuted in its place, once.
package struct ChannelLastStep: Sendable {
  /// The step as the model has it.
  package let step: Step
  /// What it takes.
  package let input: FeatureShape
  /// What it gives.
  package let output: FeatureShape
  /// Which column of the weight, or which number of a step with one per element, belongs to each
  /// place of a patch or vector; `nil` where they stand in that order already.
  package let order: [Int]?
}

extension Model {
  /// The steps for maps whose channels stand last; the numbers of a flattened map stay in that
  /// order until a linear layer takes them.
  package var channelLastSteps: [ChannelLastStep] {
    var order: [Int]?
    return zip(steps, zip(featureShapes, featureShapes.dropFirst())).map { step, shapes in
      let (input, output) = shapes
      switch (step, input) {
      case (.layer(let layer), _):
        if case .conv2d(let convolution) = layer.operation {
          let planeCount = convolution.window.elementCount
          let kernel = FeatureShape.channelLastOrder(layer.inputCount / planeCount, planeCount)
          return ChannelLastStep(step: step, input: input, output: output, order: kernel)
        }
        defer { order = nil }
        return ChannelLastStep(step: step, input: input, output: output, order: order)
      case (.transform(let transform), .map):
        let flat = input.channelLastOrder
        if transform.operation == .flatten { order = flat }
        let hasElements = transform.kind == .layerNormalization
        return ChannelLastStep(
          step: step, input: input, output: output, order: hasElements ? flat : nil)
      case (.transform, .vector):
        return ChannelLastStep(step: step, input: input, output: output, order: order)
      }
    }
  }

  /// The map whose numbers stand in the input with the channel first and must be turned before the
  /// first step.
  package var turnedInput: FeatureShape? {
    input.layout == .chw && featureShapes[0].channelLastOrder != nil ? featureShapes[0] : nil
  }

  /// The map whose numbers must be turned after the last step to have the channel first: what the
  /// model gives, if it is a map or a flattened one.
  package var turnedOutput: FeatureShape? {
    var flattened: FeatureShape?
    for (step, input) in zip(steps, featureShapes) {
      if step.layer != nil { flattened = nil }
      if case .map = input, step.kind == .flatten { flattened = input }
    }
    let last = featureShapes[featureShapes.count - 1]
    if case .map = last { flattened = last }
    return flattened?.channelLastOrder == nil ? nil : flattened
  }
}

extension FeatureShape {
  /// Where each number of a channel-last map stands with the channel first; `nil` if there already.
  package var channelLastOrder: [Int]? {
    guard case .map(let channels, let height, let width) = self else { return nil }
    return Self.channelLastOrder(channels, height * width)
  }

  fileprivate static func channelLastOrder(_ channelCount: Int, _ planeCount: Int) -> [Int]? {
    guard channelCount > 1, planeCount > 1 else { return nil }
    return (0..<planeCount).flatMap { place in
      (0..<channelCount).map { $0 * planeCount + place }
    }
  }
}
