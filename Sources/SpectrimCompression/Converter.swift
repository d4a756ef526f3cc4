public import SpectrimCore
internal import SpectrimLinearAlgebra
internal import SpectrimSpectra

/// Carries out a plan; the same plan on the same model gives the same result, figures included.
public struct Converter: Sendable {
  /// What is to be done.
  public let plan: Plan
  /// How many layers are worked on at once; the result is the same for every number.
  public let threadCount: Int

  /// Creates a converter.
  public init(plan: Plan, threadCount: Int = 1) {
    self.plan = plan
    self.threadCount = threadCount
  }

  /// Converts every layer.
  ///
  /// Sets the threads of BLAS to one.
  /// - Throws: `CompressionError.plan` when the plan does not fit the model, `LinearAlgebraError`
  ///   when a matrix cannot be decomposed.
  public func convert(
    _ model: AnalysedModel, progress: ((LayerProgress) -> Void)? = nil
  ) throws -> Conversion {
    let prunings = try plan.prunings(for: model.model)
    BLASThreads.use(1)
    let layers = try model.layers(prunings)
    let forms = try plan.forms(for: layers.map { ($0.layer.name, $0.layer.weight.shape) })
    let converted = try SideBySide.map(count: layers.count, width: threadCount) { index in
      progress?(
        LayerProgress(layer: layers[index].layer.name, index: index, count: layers.count))
    } _: { index in
      try convert(layers[index], as: forms[index].form, plan: forms[index].plan)
    }
    return Conversion(
      source: model.model, layers: converted.map(\.0), plan: plan,
      figures: converted.map(\.1))
  }

  func convert(
    _ source: AnalysedLayer, as form: WeightForm, plan layerPlan: LayerPlan
  ) throws -> (Layer, LayerFigures) {
    let layer = source.layer
    guard form == .asStored || source.isFinite else {
      throw CompressionError.plan(
        layer: layer.name, problem: "its weights are not all finite; use `skip`")
    }
    let weight = try source.weight(as: form)
    let bias = form.codes == nil ? layer.bias : layer.bias?.roundedBesideCodes()
    let converted = try Layer(
      name: layer.name, operation: layer.operation, weight: weight, bias: bias,
      activation: layer.activation, initializer: plan.initializer ?? layer.initializer,
      inputQuantization: layer.inputQuantization)
    return (converted, try figures(of: weight, from: source, form, layerPlan))
  }

  private func figures(
    of weight: Representation, from source: AnalysedLayer, _ form: WeightForm, _ plan: LayerPlan
  ) throws -> LayerFigures {
    let spikes = try plan.noise.map { noise in
      try NoiseCut(noise, spectrum: source.spectrum()).spikes
    }
    return LayerFigures(
      name: plan.name,
      energyKept: try source.energyKept(form),
      relativeError: try form == .asStored
        ? source.pruningError(of: form) : source.totalRelativeError(of: weight), spikes: spikes)
  }
}
