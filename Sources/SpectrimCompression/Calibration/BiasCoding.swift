internal import SpectrimCore

/// The bias that keeps the mean of every output, as codes.
///
/// `b̂ = W μ + b − Ŵ μ̂` takes the mean error of the weight away exactly; it is rounded as a row in the
/// metric of the outputs, with the steps of U, whose exponents it then shares.
/// - Source: Nagel et al. 2019 (arXiv 1906.04721); frontier study, §5.9.
struct BiasCoding {
  let target: LayerTarget
  let settings: CalibrationSettings

  /// The coded bias beside a coded weight.
  func coded(_ weight: CodedWeight, steps: CodeSteps) -> Bias {
    // `target.bias` holds the mean for the target's weight; the coded one differs by this much.
    let error = target.weight.adding(-1, times: weight.values)
    let shift = error.times(groupMeans: target.inputMean)
    let values = target.bias.indices.map {
      target.bias[$0] + (settings.stages.biasCorrection ? shift[$0] : 0)
    }
    let rounding = ErrorFeedback(
      target.output.feedback, step: settings.leftStepRatio * settings.step, steps: steps,
      options: .init(feedsBack: settings.rounding.feedsBack, rateWeight: 0))
    let (codes, halvings) = OverflowGuard.codes(
      for: Matrix(Shape(1, values.count), values), rounding)
    return .codes(
      codes.codes.elements,
      exponents: codes.exponents.map { Int8(min(Int($0) + halvings[0], 127)) })
  }
}
