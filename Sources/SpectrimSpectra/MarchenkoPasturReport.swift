public import SpectrimCore

/// One estimate of the noise and what the law makes of it.
public struct NoiseCut: Sendable, Equatable {
  /// How `σ` was found, and `σ`.
  public let noise: NoiseEstimate
  /// The law with that `σ`: `Q`, `λ₋`, `λ₊` and the edge.
  public let law: MarchenkoPastur
  /// How many singular values of the matrix lie above the edge.
  public let spikes: Int

  /// Counts the spikes of a spectrum that is not empty.
  public init(_ noise: NoiseEstimate, spectrum: EmpiricalSpectrum) {
    self.noise = noise
    law = MarchenkoPastur(noise, shape: spectrum.shape)
    spikes = spectrum.count(above: law.edge)
  }
}

/// What the Marchenko–Pastur law says about one layer, as rules use it and `inspect` prints it.
public struct MarchenkoPasturReport: Sendable, Equatable {
  /// The estimate in use.
  public let cut: NoiseCut
  /// The other estimates that apply, in the order of `NoiseMethod`.
  public let alternatives: [NoiseCut]
  /// What noise of finite size reaches with the `σ` in use.
  public let tracyWidom: TracyWidom
  /// Spikes beyond the 99 % quantile of noise of finite size.
  public let spikesBeyondTracyWidom: Int

  /// Analyses a spectrum; without a method it is the preferred one, by the initializer where it
  /// is known, else by the bulk. `nil` if the method does not apply or the matrix is empty.
  public init?(
    _ spectrum: EmpiricalSpectrum, method: NoiseMethod? = nil, initializer: Initializer? = nil,
    given: Double? = nil
  ) {
    let chosen = method ?? NoiseEstimator.preferredMethod(initializer: initializer)
    func counted(_ method: NoiseMethod) -> NoiseCut? {
      NoiseEstimator.estimate(method, spectrum: spectrum, initializer: initializer, given: given)
        .map { NoiseCut($0, spectrum: spectrum) }
    }
    guard let cut = counted(chosen) else { return nil }
    self.cut = cut
    alternatives = NoiseMethod.allCases.filter { $0 != chosen }.compactMap(counted)
    tracyWidom = TracyWidom(sigma: cut.noise.sigma, shape: spectrum.shape)
    spikesBeyondTracyWidom = spectrum.count(above: tracyWidom.edge(.percent99))
  }
}
