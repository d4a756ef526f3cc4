package import SpectrimSpectra

/// The rank that a rule chose for a layer, and what was measured on the way.
package struct RankChoice: Sendable {
  /// The rank, within 1…min(m, n); 0 only by the notebook's rule.
  package let rank: Int
  /// The noise by which spikes are counted, with its edge and the other estimates.
  package let noise: MarchenkoPasturReport?
  /// `Σ s²` of the kept over that of all.
  package let energyKept: Double
  /// `√(1 − energyKept)`: the error of truncation alone.
  package let relativeError: Double
  /// All of it in words: `mp keeps 32 of 500 (σ 0.0206 from init, edge 1.04, …)`.
  package let sentence: String
}
