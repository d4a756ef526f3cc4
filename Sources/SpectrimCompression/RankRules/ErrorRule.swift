internal import SpectrimSpectra

/// The smallest rank whose relative error `‖W − Ŵ‖ / ‖W‖` is at most a limit.
/// - Source: chapter 11.1, the optimal rank for a target error; exercise 11.1 of chapter 11.
struct ErrorRule: SpectralRule {
  let limit: Double

  func choice(for layer: LayerSpectrum) -> RankChoice {
    layer.choice(
      RankRule.error(limit).description, rank: layer.spectrum.smallestRank(relativeError: limit))
  }
}
