internal import SpectrimSpectra

/// The smallest rank whose energy `Σ s²` is at least a share of all.
/// - Source: chapter 11, the effective rank; chapter 11.1, the energy analysis.
struct EnergyRule: SpectralRule {
  let share: Double

  func choice(for layer: LayerSpectrum) -> RankChoice {
    layer.choice(
      RankRule.energy(share).description, rank: layer.spectrum.effectiveRank(energy: share))
  }
}
