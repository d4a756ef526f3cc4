public import SpectrimCore
public import SpectrimSpectra

/// What was computed of the stored matrix of one layer.
public struct LayerSpectrum: Sendable {
  /// The singular values of the matrix, largest first.
  public let spectrum: EmpiricalSpectrum
  /// The share of entries of the matrix below 0.01 in magnitude, 0…1.
  /// - Source: `analyze_redundancy` in chapter 3, which fixes the threshold.
  public let sparsity: Double
  /// The noise that was estimated from the matrix, which makes sense where it was not cut.
  public let noise: NoiseEstimate?
  /// What is left of the spectrum with the entries in random places, if that was asked for.
  public let control: ShuffledControl?

  /// Joins what was computed.
  public init(
    _ spectrum: EmpiricalSpectrum, sparsity: Double, noise: NoiseEstimate? = nil,
    control: ShuffledControl? = nil
  ) {
    self.spectrum = spectrum
    self.sparsity = sparsity
    self.noise = noise
    self.control = control
  }
}
