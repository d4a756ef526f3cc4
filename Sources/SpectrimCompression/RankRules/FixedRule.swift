internal import SpectrimSpectra

/// A rank that was given: clamped for all layers, exact for a layer that was named.
struct FixedRule: SpectralRule {
  let rank: Int

  func choice(for layer: LayerSpectrum) throws(CompressionError) -> RankChoice {
    guard rank <= layer.fullRank || !layer.isNamed else {
      throw .rankTooLarge(layer: layer.name, rank: rank, shape: layer.spectrum.shape)
    }
    return layer.choice(
      RankRule.fixed(rank).description, rank: rank,
      note: rank > layer.fullRank ? "clamped to min(m, n)" : nil)
  }
}
