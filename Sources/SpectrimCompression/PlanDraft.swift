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
    return plan(decision, nil, "kept dense")
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
    return plan(decision, nil, asked.treatment.description + note)
  }

  /// The rank that a rule chose, in its smallest form.
  func following(_ choice: RankChoice, limit: Double) throws -> LayerPlan {
    var candidates = [try candidate(limit: limit, truncation: 0) { .matrix(codes: $0) }]
    if choice.rank < layer.layer.weight.shape.smallerSide {
      candidates.append(
        try candidate(limit: limit, truncation: choice.relativeError) {
          .factors(rank: choice.rank, codes: $0)
        })
    }
    return plan(Decision(among: candidates), choice.noise?.cut.noise, choice.sentence)
  }

  /// The smallest form within the limit.
  func automatic(_ spectrum: LayerSpectrum, limit: Double) throws -> LayerPlan {
    let decision = try automaticChoice(
      limit: limit,
      allowsFactors: spectrum.fullRank > MarchenkoPasturRule.largestUnthresholdedSide
    ).decision()
    let choice = spectrum.choice(
      asked.treatment.description, rank: decision.winner.form.rank ?? spectrum.fullRank)
    let error = FigureText.short(decision.winner.relativeError ?? 0)
    return plan(
      decision, choice.noise?.cut.noise,
      "\(choice.sentence); total error \(error) within \(FigureText.short(limit))")
  }

  /// A form with the codes asked for; with `auto` the fewest bits whose rounding, beside the
  /// truncation, stays within the limit, else the most.
  private func candidate(
    limit: Double, truncation: Double, form: (WeightForm.Codes?) -> WeightForm
  ) throws -> Candidate {
    guard asked.quantization == .automatic else {
      return try Candidate(form(fixedCodes), of: layer)
    }
    let allowed = (limit * limit + truncation * truncation).squareRoot()
    let widths = QuantizationRequest.automaticWidths
    for bits in widths.dropLast() {
      let candidate = try Candidate(form(.init(bits: bits, scale: scale)), of: layer)
      if layer.relativeError(of: candidate.weight) <= allowed { return candidate }
    }
    return try Candidate(form(.init(bits: widths.upperBound, scale: scale)), of: layer)
  }

  private func automaticChoice(limit: Double, allowsFactors: Bool) -> AutomaticChoice {
    AutomaticChoice(
      layer: layer, limit: limit, codes: codesToTry, triesSteps: triesSteps,
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

  private func plan(_ decision: Decision, _ noise: NoiseEstimate?, _ words: String) -> LayerPlan {
    let source = layer.layer.weight.kind
    let origin =
      source == .dense ? "" : "multiplied out from \(source.rawValue) (\(layer.elementType)); "
    return plan(
      decision.winner.form, noise,
      "\(origin)\(words); \(decision.description(floats: layer.elementType))")
  }

  private func plan(_ form: WeightForm, _ noise: NoiseEstimate?, _ reason: String) -> LayerPlan {
    LayerPlan(
      name: layer.layer.name, rule: asked.treatment.description, representation: form.kind,
      rank: form.stages == nil ? form.rank : nil, stages: form.stages, bits: form.codes?.bits,
      scale: form.codes?.scale, step: form.codes?.step, noise: noise?.rounded, reason: reason)
  }
}
