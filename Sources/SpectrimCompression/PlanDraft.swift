internal import SpectrimCore
internal import SpectrimSpectra

/// Turns what was asked for a layer into its plan, by the prices of whole candidates.
struct PlanDraft {
  let layer: AnalysedLayer
  let asked: LayerSettings

  /// The layer is copied.
  func leaving(_ reason: String) -> LayerPlan { plan(.asStored, nil, reason) }

  /// One matrix without factors.
  func keepingDense(limit: Double) throws -> LayerPlan {
    let decision =
      asked.quantization == .automatic
      ? try automaticChoice(limit: limit, allowsFactors: false).decision()
      : try Decision(among: [Candidate(.matrix(codes: fixedCodes), of: layer)])
    return try plan(decision, nil, "kept dense")
  }

  /// A chain of floats, where that is smaller than the dense floats.
  func chaining(_ stages: [Int]) throws -> LayerPlan {
    var limit = layer.layer.weight.shape.smallerSide
    var clamped: [Int] = []
    for side in stages {
      limit = min(limit, side)
      clamped.append(limit)
    }
    let decision = try Decision(among: [
      Candidate(.dense, of: layer), Candidate(.chain(stages: clamped), of: layer),
    ])
    let note = clamped == stages ? "" : ", clamped to the ranks that are possible"
    return try plan(decision, nil, asked.treatment.description + note)
  }

  /// The rank that a rule chose, in its smallest form.
  func following(_ choice: RankChoice, limit: Double) throws -> LayerPlan {
    var candidates = [try candidate(limit: limit) { .matrix(codes: $0) }]
    if choice.rank < layer.layer.weight.shape.smallerSide {
      candidates.append(
        try candidate(limit: limit) { .factors(rank: choice.rank, codes: $0) })
    }
    return try plan(Decision(among: candidates), choice.noise?.cut.noise, choice.sentence)
  }

  /// The smallest form within the limit.
  ///
  /// Factors of a matrix with zeros here and there have none, so that with single weights pruned
  /// only dense forms compete.
  func automatic(_ spectrum: LayerSpectrum, limit: Double) throws -> LayerPlan {
    let decision = try automaticChoice(
      limit: limit,
      allowsFactors: spectrum.fullRank > MarchenkoPasturRule.largestUnthresholdedSide
        && layer.pruning?.isOfWeights != true
    ).decision()
    let choice = spectrum.choice(
      asked.treatment.description, rank: decision.winner.form.rank ?? spectrum.fullRank)
    let error = FigureText.short(decision.winner.relativeError ?? 0)
    return try plan(
      decision, choice.noise?.cut.noise,
      "\(choice.sentence); total error \(error) within \(FigureText.short(limit))")
  }

  /// A form with the codes asked for; with `auto` the fewest bits whose rounding, beside the
  /// truncation and what was pruned, stays within the limit, else the most.
  private func candidate(
    limit: Double, form: (WeightForm.Codes?) -> WeightForm
  ) throws -> Candidate {
    guard asked.quantization == .automatic else {
      return try Candidate(form(fixedCodes), of: layer)
    }
    let before = try layer.relativeErrorBeforeCodes(of: form(nil))
    let allowed = (limit * limit + before * before).squareRoot()
    let widths = QuantizationRequest.automaticWidths
    for bits in widths.dropLast() {
      let candidate = try Candidate(form(.init(bits: bits, scale: scale)), of: layer)
      if layer.relativeError(of: candidate.weight) <= allowed { return candidate }
    }
    return try Candidate(form(.init(bits: widths.upperBound, scale: scale)), of: layer)
  }

  private func automaticChoice(limit: Double, allowsFactors: Bool) throws -> AutomaticChoice {
    AutomaticChoice(
      layer: layer.pruning?.isOfWeights == true ? try layer.prunedDense() : layer, limit: limit,
      codes: codesToTry, triesSteps: triesSteps,
      allowsFactors: allowsFactors)
  }

  private var fixedCodes: WeightForm.Codes? {
    guard case .bits(let bits) = asked.quantization else { return nil }
    return WeightForm.Codes(bits: bits, scale: scale)
  }

  private var scale: ScaleScheme { asked.scale ?? .channel }

  /// What `auto` weighs besides common steps: all widths per channel, unless one was asked for.
  ///
  /// Codes of the whole matrix with a width of `auto` are those of a common step, which is free
  /// where a width is not.
  private var codesToTry: [WeightForm.Codes?] {
    switch asked.quantization {
    case .floats: [nil]
    case .bits(let bits):
      (asked.scale.map { [$0] } ?? [.channel, .tensor]).map { .init(bits: bits, scale: $0) }
    case .automatic:
      asked.scale == .tensor
        ? []
        : QuantizationRequest.automaticWidths.map { .init(bits: $0, scale: .channel) }
    }
  }

  private var triesSteps: Bool { asked.quantization == .automatic && asked.scale != .channel }

  private func plan(
    _ decision: Decision, _ noise: NoiseEstimate?, _ words: String
  ) throws -> LayerPlan {
    let source = layer.layer.weight.kind
    let origin =
      source == .dense ? "" : "multiplied out from \(source.rawValue) (\(layer.elementType)); "
    let pruned = try pruningSentence(decision.winner).map { "; \($0)" } ?? ""
    return plan(
      decision.winner.form, noise,
      "\(origin)\(words); \(decision.description(floats: layer.elementType))\(pruned)")
  }

  /// `prune magnitude=0.5: 50.00 % of the stored weights are zero, error 0.212`.
  private func pruningSentence(_ winner: Candidate) throws -> String? {
    guard let pruning = layer.pruning else {
      return asked.pruningObstacle.map { "its neurons stay, because \($0)" }
    }
    let error = FigureText.short(try layer.pruningError(of: winner.form))
    if case .neurons = pruning {
      return "prune \(pruning): \(layer.layer.outputCount) of \(layer.sourceShape.rowCount) "
        + "neurons stay, error \(error) with their inputs"
    }
    let share = FigureText.percent(winner.weight.zeroShare)
    return "prune \(pruning): \(share) of the stored weights are zero, error \(error)"
  }

  private func plan(_ form: WeightForm, _ noise: NoiseEstimate?, _ reason: String) -> LayerPlan {
    let pruning = form == .asStored && layer.pruning?.isOfNeurons != true ? nil : layer.pruning
    return LayerPlan(
      name: layer.layer.name, rule: asked.treatment.description, representation: form.kind,
      rank: form.stages == nil ? form.rank : nil, stages: form.stages, bits: form.codes?.bits,
      scale: form.codes?.scale, step: form.codes?.step, pruning: pruning, noise: noise?.rounded,
      reason: reason)
  }
}
