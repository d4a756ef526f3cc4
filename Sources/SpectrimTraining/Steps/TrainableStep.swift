internal import SpectrimCore

/// A step of a network that learns, maps with their channels last.
struct TrainableStep: Sendable {
  /// What is done.
  enum Work: Sendable {
    /// A layer, by its index in the network.
    case layer(Int)
    case pooling(Pooling, PatchGrid)
    case activation(Activation)
    /// `scale · x + shift` per channel, or per element of a vector.
    case affine(scale: [Float], shift: [Float])
    /// A normalization over every example.
    case normalization(scale: [Float], shift: [Float], epsilon: Double)
    /// The channels of an input are put last.
    case turning(order: [Int])
  }

  let work: Work
  /// Rows that one example has in the buffers of the step: the positions of a convolution.
  let rowsPerExample: Int
  /// Numbers of a row.
  let width: Int
  /// Whether what the next step reads is not `z` itself.
  var keepsOutput = false
  /// Numbers of a patch that is copied out of a map; 0 where none is.
  var gatheredWidth = 0

  /// Numbers that one example has after the step.
  var elementCount: Int { rowsPerExample * width }
}

extension Network {
  /// What is left to do of a model: a flatten moves nothing, and a softmax at the end belongs to the
  /// loss.
  /// - Throws: `TrainingError.notTrainable` for what has no backward pass.
  static func compile(
    _ model: Model
  ) throws(TrainingError) -> (steps: [TrainableStep], layers: [TrainableLayer]) {
    let chain = try chainWithoutLoss(model)
    var steps: [TrainableStep] = []
    var layers: [TrainableLayer] = []
    if let order = model.turnedInput?.channelLastOrder {
      steps.append(
        TrainableStep(work: .turning(order: order), rowsPerExample: 1, width: order.count))
    }
    for (index, step) in chain.enumerated() {
      switch step.step {
      case .layer(let layer):
        let isLast = index == chain.count - 1
        let learning = try TrainableLayer(layer, step, isLast: isLast)
        let isPlain = learning.grid != nil && layer.activation == .none
        steps.append(
          TrainableStep(
            work: .layer(layers.count),
            rowsPerExample: step.output.elementCount / layer.outputCount, width: layer.outputCount,
            keepsOutput: !isLast && !isPlain,
            gatheredWidth: learning.gathersPatches ? learning.inputs.width : 0))
        layers.append(learning)
      case .transform(let transform):
        if let work = try work(of: transform, step) {
          steps.append(
            TrainableStep(work: work, rowsPerExample: 1, width: step.output.elementCount))
        }
      }
    }
    return (steps, layers)
  }

  /// The steps up to the scores of the loss, which a layer gives.
  private static func chainWithoutLoss(
    _ model: Model
  ) throws(TrainingError) -> [ChannelLastStep] {
    var chain = model.channelLastSteps.filter { $0.step.kind != .flatten }
    if case .transform(let transform) = chain.last?.step,
      case .activation(let activation) = transform.operation,
      [.none, .softmax].contains(activation)
    {
      chain.removeLast()
    }
    guard let last = chain.last, last.step.layer != nil else {
      throw .notTrainable(
        layer: chain.last?.step.name ?? model.name,
        found: "a step `\(chain.last?.step.kind.rawValue ?? "flatten")` at the end",
        expected: "a layer that gives the scores")
    }
    guard last.output.channelLastOrder == nil else {
      throw .notTrainable(
        layer: last.step.name, found: "\(last.output) as scores",
        expected: "a linear layer at the end")
    }
    return chain
  }

  private static func work(
    of transform: Transform, _ step: ChannelLastStep
  ) throws(TrainingError) -> TrainableStep.Work? {
    switch transform.operation {
    case .flatten: return nil
    case .pool(let pooling): return .pooling(pooling, PatchGrid(pooling.window, on: step.input))
    case .activation(let activation) where activation != .softmax: return .activation(activation)
    case .activation:
      throw .notTrainable(
        layer: transform.name, found: "activation `softmax`", expected: "softmax at the end only")
    case .affine(let affine):
      return .affine(
        scale: affine.scale.inOrder(step.order), shift: affine.shift.inOrder(step.order))
    case .layerNormalization(let norm):
      return .normalization(
        scale: norm.scale.inOrder(step.order), shift: norm.shift.inOrder(step.order),
        epsilon: Double(norm.epsilon))
    }
  }
}

extension [Float] {
  /// The numbers in the order in which a step meets them.
  fileprivate func inOrder(_ order: [Int]?) -> [Float] { order.map { $0.map { self[$0] } } ?? self }
}
