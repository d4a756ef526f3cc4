internal import SpectrimCore
internal import SpectrimSpectra

/// The largest rank with `r(m + n) ≤ mn / ratio`: that many times fewer parameters.
/// - Source: exercise 11.1.1.
struct RatioRule: SpectralRule {
  let ratio: Double

  func choice(for layer: LayerSpectrum) -> RankChoice {
    let rank = Self.largestRank(ratio: ratio, shape: layer.spectrum.shape)
    return layer.choice(
      RankRule.ratio(ratio).description, rank: rank,
      note: rank < 1 ? "rank 1 is more than the ratio allows" : nil)
  }

  /// The largest rank that the ratio allows, 0 if there is none.
  static func largestRank(ratio: Double, shape: Shape) -> Int {
    let side = Double(shape.rowCount + shape.columnCount)
    let allowed = Double(shape.elementCount)
    let quotient = allowed / (ratio * side)
    guard quotient < Double(shape.smallerSide) else { return shape.smallerSide }
    let rank = Int(quotient)
    // The quotient may have been rounded across a whole number; the products here are exact for
    // every ratio of few digits.
    if Double(rank + 1) * side * ratio <= allowed { return rank + 1 }
    return Double(rank) * side * ratio <= allowed ? rank : rank - 1
  }
}
