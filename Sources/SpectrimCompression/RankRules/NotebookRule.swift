internal import SpectrimCore
internal import SpectrimSpectra

/// The notebook's threshold with its own `σ² = 1/rows`, whose cut is `1 + √(in / out)`.
///
/// It is 2 to 10 times too high for trained layers and may keep nothing at all; it exists to
/// reproduce the notebook, so no guard of the other rules holds here.
/// - Source: the Marchenko–Pastur notebook, sections 6 and 7.
struct NotebookRule: SpectralRule {
  func choice(for layer: LayerSpectrum) -> RankChoice {
    let noise = layer.noise(by: .notebook)
    return layer.unguardedChoice(
      RankRule.notebook.description, rank: noise?.cut.spikes ?? 0, noise: noise)
  }
}
