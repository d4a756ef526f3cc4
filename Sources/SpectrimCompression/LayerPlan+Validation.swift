internal import SpectrimCore

extension LayerPlan {
  /// The form that this plan asks for, found to fit a weight of `shape`.
  /// - Throws: `CompressionError.plan` with what does not fit.
  func form(for shape: Shape) throws(CompressionError) -> WeightForm {
    try checkNoise(for: shape)
    switch representation {
    case nil:
      guard pruning == nil || pruning?.isOfNeurons == true else {
        throw problem("`pruning` with a copied layer; remove it")
      }
      try forbid(rank: rank, stages: stages, bits: bits, step: step)
      return .asStored
    case .dense:
      try forbid(rank: rank, stages: stages, bits: bits, step: step)
      return .dense
    case .factorized:
      try forbid(stages: stages, bits: bits, step: step)
      // Only the notebook's rule may keep nothing.
      let smallest = rule == RankRule.notebook.description ? 0 : 1
      return .factorized(rank: try checkedRank(for: shape, from: smallest))
    case .chain:
      try forbid(rank: rank, bits: bits, step: step)
      return .chain(stages: try checkedStages(for: shape))
    case .quantized:
      try forbid(rank: rank, stages: stages)
      return .quantized(try checkedCodes())
    case .quantizedLowRank:
      try forbid(stages: stages)
      return .quantizedLowRank(rank: try checkedRank(for: shape, from: 1), try checkedCodes())
    case .lora: throw problem("a conversion cannot make `lora`; expected another representation")
    }
  }

  private func forbid(
    rank: Int? = nil, stages: [Int]? = nil, bits: Int? = nil, step: Float? = nil
  ) throws(CompressionError) {
    let found = [
      ("rank", rank != nil), ("stages", stages != nil), ("bits", bits != nil),
      ("step", step != nil),
    ]
    guard let name = found.first(where: \.1)?.0 else { return }
    throw problem("`\(name)` with \(representation?.rawValue ?? "a copied layer"); remove it")
  }

  private func checkedRank(for shape: Shape, from smallest: Int) throws(CompressionError) -> Int {
    guard let rank else { throw problem("`rank` is missing") }
    guard rank >= smallest, rank <= shape.smallerSide else {
      throw problem(
        "rank \(rank) for shape \(shape), expected \(smallest) to \(shape.smallerSide)")
    }
    return rank
  }

  private func checkedStages(for shape: Shape) throws(CompressionError) -> [Int] {
    guard let stages, !stages.isEmpty else { throw problem("`stages` are missing") }
    var limit = shape.smallerSide
    for side in stages {
      guard side >= 1, side <= limit else {
        throw problem("stages \(stages) for shape \(shape), expected each from 1 to the one before")
      }
      limit = side
    }
    return stages
  }

  private func checkNoise(for shape: Shape) throws(CompressionError) {
    guard let noise else { return }
    guard noise.sigma >= 0, noise.sigma.isFinite, shape.elementCount > 0 else {
      throw problem("noise of deviation \(noise.sigma) for shape \(shape), expected 0 or more")
    }
  }

  private func checkedCodes() throws(CompressionError) -> WeightForm.Codes {
    guard let bits else { throw problem("`bits` are missing") }
    guard QuantizationRequest.widths.contains(bits) else {
      throw problem("\(bits) bits, expected 2 to 8")
    }
    guard let scale else { throw problem("`scale` is missing") }
    if let step {
      guard scale == .tensor else {
        throw problem("`step` with a scale per channel; expected `tensor`, or no step")
      }
      guard step.isNormal, step > 0 else { throw problem("a step of \(step), expected above 0") }
    }
    return WeightForm.Codes(bits: bits, scale: scale, step: step)
  }

  private func problem(_ text: String) -> CompressionError { .plan(layer: name, problem: text) }
}

extension Plan {
  /// What is pruned of every layer of a model.
  /// - Throws: `CompressionError.plan` for neurons that cannot go.
  func prunings(for model: Model) throws(CompressionError) -> [Pruning?] {
    var prunings: [Pruning?] = []
    for (index, layer) in model.layers.enumerated() {
      let pruning = layers.first { $0.name == layer.name }?.pruning
      if pruning?.isOfNeurons == true,
        let obstacle = NeuronPruning(model: model).obstacle(at: index)
      {
        throw .plan(layer: layer.name, problem: "no neurons can go, because \(obstacle)")
      }
      prunings.append(pruning)
    }
    return prunings
  }

  /// The form of every layer, in their order, with the plan of each.
  /// - Throws: `CompressionError.plan` for a layer that is unknown, missing or named twice, a form
  ///   that does not fit, or a level that the codec does not have.
  func forms(
    for layers: [(name: String, shape: Shape)]
  ) throws(CompressionError) -> [(plan: LayerPlan, form: WeightForm)] {
    try checkLevel()
    let names = layers.map(\.name)
    let known = Set(names)
    var plans: [String: LayerPlan] = [:]
    for plan in self.layers {
      guard known.contains(plan.name) else {
        let near = NearNames.of(plan.name, among: names).map { "`\($0)`" }.joined(separator: ", ")
        throw .plan(
          layer: plan.name, problem: "the model has no such layer; near names: \(near)")
      }
      guard plans.updateValue(plan, forKey: plan.name) == nil else {
        throw .plan(layer: plan.name, problem: "it stands twice in the plan")
      }
    }
    var forms: [(plan: LayerPlan, form: WeightForm)] = []
    for layer in layers {
      guard let plan = plans[layer.name] else {
        throw .plan(layer: layer.name, problem: "the plan says nothing about it; add `skip`")
      }
      forms.append((plan, try plan.form(for: layer.shape)))
    }
    return forms
  }

  /// What is wrong here would otherwise be noticed by the coder, after all the work.
  private func checkLevel() throws(CompressionError) {
    guard let level = storage.level else { return }
    let codec = storage.codec.rawValue
    guard let levels = storage.codec.levels else {
      throw .plan(layer: nil, problem: "level \(level) with `\(codec)`, which has none; remove it")
    }
    guard levels.contains(level) else {
      throw .plan(
        layer: nil,
        problem: "level \(level) with `\(codec)`, "
          + "expected \(levels.lowerBound) to \(levels.upperBound)")
    }
  }
}
