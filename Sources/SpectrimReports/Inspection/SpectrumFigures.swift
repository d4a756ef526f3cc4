internal import SpectrimSpectra

/// The spectrum of a stored matrix; field names are those of the document.
public struct SpectrumFigures: Sendable, Encodable, Equatable {
  /// All singular values, largest first.
  public let singularValues: [Double]
  /// `Σ s² / s₁²`.
  public let stableRank: Double
  /// The least rank that keeps 99 % of the energy; 0 for a zero matrix.
  public let effectiveRank99: Int
  /// `s₁ / s_M`; null for a matrix without full rank.
  public let conditionNumber: Double?
  /// `s₁`.
  public let spectralNorm: Double
  /// The share of entries below 0.01 in magnitude, 0…1.
  public let sparsity: Double
  /// `s₁` of the same entries in random places; null where that was not asked for.
  public let shuffledNorm: Double?

  /// Derives the figures of a spectrum, whose values are finite.
  public init(_ layer: LayerSpectrum) {
    let spectrum = layer.spectrum
    singularValues = spectrum.singularValues
    stableRank = spectrum.stableRank
    effectiveRank99 = spectrum.effectiveRank(energy: 0.99)
    conditionNumber = spectrum.conditionNumber?.ifFinite
    spectralNorm = spectrum.spectralNorm
    sparsity = layer.sparsity
    shuffledNorm = layer.control?.largestSingularValue
  }

  enum CodingKeys: String, CodingKey {
    case singularValues, stableRank, effectiveRank99, conditionNumber, spectralNorm, sparsity
    case shuffledNorm
  }

  /// Writes every field, absent ones as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(singularValues, forKey: .singularValues)
    try container.encode(stableRank, forKey: .stableRank)
    try container.encode(effectiveRank99, forKey: .effectiveRank99)
    try container.encode(conditionNumber, forKey: .conditionNumber)
    try container.encode(spectralNorm, forKey: .spectralNorm)
    try container.encode(sparsity, forKey: .sparsity)
    try container.encode(shuffledNorm, forKey: .shuffledNorm)
  }
}
