/// A way to choose a rank from a spectrum alone.
///
/// A new rule is a file of its own with this one function, a case of `RankRule` and its words.
package protocol SpectralRule: Sendable {
  /// The rank for a layer, with the reason.
  /// - Throws: `CompressionError` when the rule cannot be applied to this layer.
  func choice(for layer: LayerSpectrum) throws(CompressionError) -> RankChoice
}

extension RankRule {
  /// The rule as code; `nil` for `auto`, which weighs bytes of whole candidates instead.
  package var spectralRule: (any SpectralRule)? {
    switch self {
    case .automatic: nil
    case .full: FullRule()
    case .marchenkoPastur(let noise): MarchenkoPasturRule(noise: noise)
    case .notebook: NotebookRule()
    case .energy(let share): EnergyRule(share: share)
    case .error(let limit): ErrorRule(limit: limit)
    case .fixed(let rank): FixedRule(rank: rank)
    case .ratio(let ratio): RatioRule(ratio: ratio)
    }
  }
}
