/// Keeps the whole spectrum.
struct FullRule: SpectralRule {
  func choice(for layer: LayerSpectrum) -> RankChoice {
    layer.choice("full", rank: layer.fullRank)
  }
}
