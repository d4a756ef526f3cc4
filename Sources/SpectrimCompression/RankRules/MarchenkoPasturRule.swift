internal import SpectrimCore
internal import SpectrimSpectra

/// Keeps the singular values above the edge of noise, `σ(√N + √M)`.
struct MarchenkoPasturRule: SpectralRule {
  /// Up to this smaller side a spectrum is too short to tell noise from signal: on a head of ten
  /// rows every eigenvalue is signal.
  /// - Source: the frontier note, section 2: thresholding the head loses up to 88 points.
  static let largestUnthresholdedSide = 32

  let noise: RankRule.NoiseChoice

  func choice(for layer: LayerSpectrum) throws(CompressionError) -> RankChoice {
    let words = RankRule.marchenkoPastur(noise).description
    guard layer.fullRank > Self.largestUnthresholdedSide else {
      return layer.choice(
        words, rank: layer.fullRank,
        note: "min(m, n) ≤ \(Self.largestUnthresholdedSide) is never thresholded")
    }
    guard let report = report(for: layer) else {
      throw .usage(
        argument: "rank", found: "\(words) for layer `\(layer.name)` without a known initializer",
        expected: "an initializer or another estimate", example: "--initializer pytorch")
    }
    return layer.choice(words, rank: report.cut.spikes, noise: report)
  }

  private func report(for layer: LayerSpectrum) -> MarchenkoPasturReport? {
    switch noise {
    case .best: layer.noise()
    case .method(let method): layer.noise(by: method)
    case .given(let sigma): layer.noise(by: .given, given: sigma)
    }
  }
}
