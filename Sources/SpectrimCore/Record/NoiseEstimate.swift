/// Where the deviation of pure noise comes from; the raw value is the word of the command.
public enum NoiseMethod: String, Sendable, CaseIterable, Codable {
  /// The variance of the layer's initializer.
  case initialization = "init"
  /// The residual energy after the spikes, repeated until the spikes stay the same.
  case bulk
  /// The median eigenvalue over the median of the law.
  case median
  /// The notebook's own `σ² = 1/rows`.
  case notebook
  /// A number that was given.
  case given
}

/// The deviation `σ` of one noise entry of a weight matrix, and how it was found.
public struct NoiseEstimate: Sendable, Equatable, Codable {
  /// How it was found.
  public let method: NoiseMethod
  /// The deviation of one entry, in weight units.
  public let sigma: Double

  /// Creates an estimate.
  public init(method: NoiseMethod, sigma: Double) {
    self.method = method
    self.sigma = sigma
  }

  /// The estimate as a plan keeps it: six digits say all that an estimate knows.
  public var rounded: NoiseEstimate {
    NoiseEstimate(method: method, sigma: sigma.rounded(significantDigits: 6))
  }
}
