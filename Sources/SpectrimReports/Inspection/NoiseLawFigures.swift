public import SpectrimCore
internal import SpectrimSpectra

/// The Marchenko–Pastur law of a layer's noise; field names are those of the document.
public struct NoiseLawFigures: Sendable, Encodable, Equatable {
  /// How the deviation was found.
  public let method: NoiseMethod
  /// The deviation of one entry of pure noise, in weight units.
  public let sigma: Double
  /// `Q = N/M ≥ 1`, the larger side over the smaller one.
  public let aspectRatio: Double
  /// The lower end of the eigenvalues `s²/N` of pure noise.
  public let lambdaMinus: Double
  /// The upper end of the eigenvalues `s²/N` of pure noise.
  public let lambdaPlus: Double
  /// The upper end in singular values, `σ(√N + √M)`.
  public let edge: Double
  /// How many eigenvalues lie above `λ₊`; null where they were not counted.
  public let spikes: Int?

  enum CodingKeys: String, CodingKey {
    case method, sigma, lambdaMinus, lambdaPlus, edge, spikes
    case aspectRatio = "Q"
  }

  /// Derives the law with `N = max(out, in)` for every method, the notebook's included, whose edge
  /// is the same number; an empty matrix has none.
  init?(_ noise: NoiseEstimate, shape: Shape, spikes: Int?) {
    guard shape.smallerSide > 0, noise.sigma.isFinite, noise.sigma >= 0 else { return nil }
    let law = MarchenkoPastur(sigma: noise.sigma, shape: shape)
    // A record may hold any number, and one above 1e154 has no square.
    guard law.lambdaPlus.isFinite else { return nil }
    method = noise.method
    sigma = noise.sigma
    aspectRatio = Double(shape.largerSide) / Double(shape.smallerSide)
    lambdaMinus = law.lambdaMinus
    lambdaPlus = law.lambdaPlus
    edge = law.edge
    self.spikes = spikes
  }

  /// Takes the noise of the original from the record, else that of the stored matrix.
  ///
  /// The spikes are those of the matrix that the noise belongs to, so that a converted layer tells
  /// how many its original had.
  init?(shape: Shape, figures: LayerFigures?, plan: LayerPlan?, spectrum: LayerSpectrum?) {
    if let noise = plan?.noise {
      self.init(noise, shape: shape, spikes: figures?.spikes)
    } else if let spectrum, let noise = spectrum.noise, shape.smallerSide > 0 {
      self.init(noise, shape: shape, spikes: NoiseCut(noise, spectrum: spectrum.spectrum).spikes)
    } else {
      return nil
    }
  }

  /// Writes every field, absent ones as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(method, forKey: .method)
    try container.encode(sigma, forKey: .sigma)
    try container.encode(aspectRatio, forKey: .aspectRatio)
    try container.encode(lambdaMinus, forKey: .lambdaMinus)
    try container.encode(lambdaPlus, forKey: .lambdaPlus)
    try container.encode(edge, forKey: .edge)
    try container.encode(spikes, forKey: .spikes)
  }
}
