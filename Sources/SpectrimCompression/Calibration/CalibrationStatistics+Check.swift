internal import SpectrimCore

extension CalibrationStatistics {
  /// Refuses statistics of another model.
  func check(fits model: Model) throws(CompressionError) {
    let names = layers.map(\.name)
    guard names == model.layers.map(\.name) else {
      throw .plan(layer: nil, problem: "the statistics are of layers \(names), not of this model's")
    }
    for (layer, found) in zip(model.layers, layers) {
      let shape = Shape(found.outputMetric.rowCount, found.covariance.columnCount)
      guard shape == layer.weight.shape, found.mean.count == layer.groupCount * layer.inputCount
      else {
        throw .plan(
          layer: layer.name,
          problem: "the statistics are of shape \(shape) with \(found.mean.count) means, expected "
            + "\(layer.weight.shape) with \(layer.groupCount * layer.inputCount)")
      }
    }
  }
}
