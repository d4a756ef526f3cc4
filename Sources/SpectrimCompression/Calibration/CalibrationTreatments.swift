public import SpectrimCore

extension CompressionSettings {
  /// What a calibration is asked to do with every layer.
  /// - Throws: `CompressionError` for an unmatched pattern and for what images decide.
  public func calibrationTreatments(
    for names: [String]
  ) throws(CompressionError) -> [LayerTreatment] {
    let allowed: [LayerOverride.Setting] = [.treatment(.skip), .treatment(.keepDense)]
    for override in overrides where !override.settings.allSatisfy(allowed.contains) {
      throw .usage(
        argument: "layer", found: override.pattern,
        expected: "skip or keep:dense, since with --calibrate images decide the rest",
        example: "\(override.pattern)=>skip")
    }
    return try resolved(for: names).map(\.treatment)
  }
}

extension Plan {
  /// What a saved plan of a calibration asks for, layer by layer.
  /// - Throws: `CompressionError.plan` when the names are not those of the model.
  public func calibrationTreatments(
    for names: [String]
  ) throws(CompressionError) -> [LayerTreatment] {
    guard layers.map(\.name) == names else {
      throw .plan(layer: nil, problem: "its layers are not those of the model, in their order")
    }
    return layers.map { layer in
      switch layer.rule {
      case LayerTreatment.skip.description: .skip
      case LayerTreatment.keepDense.description: .keepDense
      default: .rank(.automatic)
      }
    }
  }

  /// Refuses a result that is not what the plan says: other examples, or a plan edited by hand in
  /// what images decide.
  public func check(reproducedBy other: Plan) throws(CompressionError) {
    for (layer, found) in zip(layers, other.layers)
    where (layer.representation, layer.rank, layer.bits)
      != (found.representation, found.rank, found.bits)
    {
      throw .plan(
        layer: layer.name,
        problem:
          "the images give \(found.reason), not what the plan says; calibrate with those that "
          + "it was made with, or edit only `step` and the rules `skip` and `keep:dense`")
    }
  }
}
