public import SpectrimCore

/// Finds the deviation `σ` of the noise in a trained weight matrix.
public enum NoiseEstimator {
  /// The method of the rule `mp`: the initializer where it is known, else the iterative bulk.
  public static func preferredMethod(initializer: Initializer?) -> NoiseMethod {
    initializer == nil ? .bulk : .initialization
  }

  /// Estimates by one method; `nil` if it does not apply: an unknown initializer, no given
  /// number, or an empty matrix.
  /// - Parameter given: finite and not negative, in weight units.
  public static func estimate(
    _ method: NoiseMethod, spectrum: EmpiricalSpectrum, initializer: Initializer? = nil,
    given: Double? = nil
  ) -> NoiseEstimate? {
    let shape = spectrum.shape
    guard shape.elementCount > 0 else { return nil }
    let sigma: Double? =
      switch method {
      case .initialization:
        initializer.map {
          $0.variance(inputCount: shape.columnCount, outputCount: shape.rowCount).squareRoot()
        }
      case .bulk: bulk(spectrum)
      case .median: median(spectrum)
      case .notebook: 1 / Double(shape.rowCount).squareRoot()
      case .given: given
      }
    return sigma.map { NoiseEstimate(method: method, sigma: $0) }
  }

  /// The residual energy per degree of freedom, `σ² = Σ_{i>k} s² / ((m − k)(n − k))`, where `k`
  /// counts the spikes above the edge of that very `σ`.
  ///
  /// The count starts at 0 and may only grow, so the search ends after at most `min(m, n)`
  /// rounds also where it would otherwise swing between two counts.
  private static func bulk(_ spectrum: EmpiricalSpectrum) -> Double {
    let shape = spectrum.shape
    var spikes = 0
    while true {
      let freedom = Double(shape.rowCount - spikes) * Double(shape.columnCount - spikes)
      let sigma = (spectrum.energyBeyond(rank: spikes) / freedom).squareRoot()
      let found = spectrum.count(above: MarchenkoPastur(sigma: sigma, shape: shape).edge)
      // At least one value always lies within the edge of its own energy.
      guard found > spikes, found < shape.smallerSide else { return sigma }
      spikes = found
    }
  }

  /// The median singular value over that of noise with deviation 1.
  /// - Source: Gavish and Donoho 2014, section III.E.
  private static func median(_ spectrum: EmpiricalSpectrum) -> Double {
    let values = spectrum.singularValues
    let middle = (values[(values.count - 1) / 2] + values[values.count / 2]) / 2
    let law = MarchenkoPastur(sigma: 1, shape: spectrum.shape)
    return middle / (law.normalization * law.median).squareRoot()
  }
}
