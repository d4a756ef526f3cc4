internal import SpectrimCore

extension KerasAssembler {
  mutating func appendBatchNormalization(_ layer: KerasLayer) throws {
    guard isLastAxis(layer.axes("axis")) else {
      throw layer.obstacle("normalizes along axis \(layer.axes("axis")), not over the channels")
    }
    let count = channelCount
    let (hasScale, hasShift) = try flags(layer)
    let names =
      (hasScale ? ["gamma"] : []) + (hasShift ? ["beta"] : [])
      + ["moving_mean", "moving_variance"]
    let weights = weights(of: layer, names)
    let normalization = try BatchNormalization(
      gamma: hasScale ? try ordered(weights.vector("gamma", count: count)) : nil,
      beta: hasShift ? try ordered(weights.vector("beta", count: count)) : nil,
      mean: try ordered(weights.vector("moving_mean", count: count)),
      variance: try ordered(weights.vector("moving_variance", count: count)),
      epsilon: try layer.real("epsilon", default: 0.001))
    try push(layer.name, .affine(try normalization.affine))
  }

  /// Over the numbers of a vector; over a map Keras normalizes each place by itself.
  mutating func appendLayerNormalization(_ layer: KerasLayer) throws {
    guard case .vector(let count) = shape, isLastAxis(layer.axes("axis")) else {
      throw layer.obstacle(
        "normalizes along axis \(layer.axes("axis")) of \(shape), not over a whole example")
    }
    guard try !layer.flag("rms_scaling", default: false) else {
      throw layer.obstacle("divides by a root mean square")
    }
    let (hasScale, hasShift) = try flags(layer)
    let weights = weights(of: layer, (hasScale ? ["gamma"] : []) + (hasShift ? ["beta"] : []))
    let normalization = try LayerNormalization(
      scale: hasScale
        ? try ordered(weights.vector("gamma", count: count)) : Array(repeating: 1, count: count),
      shift: hasShift
        ? try ordered(weights.vector("beta", count: count)) : Array(repeating: 0, count: count),
      epsilon: Float(try layer.real("epsilon", default: 0.001)))
    try push(layer.name, .layerNormalization(normalization))
  }

  private func flags(_ layer: KerasLayer) throws -> (hasScale: Bool, hasShift: Bool) {
    (try layer.flag("scale", default: true), try layer.flag("center", default: true))
  }

  /// Whether the one axis is that of the channels; axis 0 is the batch.
  private func isLastAxis(_ axes: [Int]) -> Bool {
    let last = if case .map = shape { 3 } else { 1 }
    return axes == [-1] || axes == [last]
  }

  /// Numbers of a flattened map in our order.
  private func ordered(_ values: [Float]) -> [Float] {
    order.map { $0.map { values[$0] } } ?? values
  }
}
