/// What calibration data say about the dense layers of a model, whatever is then done with them.
public struct CalibrationStatistics: Sendable, Equatable {
  /// How many examples were seen.
  public let exampleCount: Int
  /// What was found per layer, in the order of the model.
  public let layers: [LayerStatistics]
  /// The SHA-256 of the file of the model, in hexadecimal digits, where it is known.
  public var sourceDigest: String?

  /// Joins the layers of one model.
  public init(exampleCount: Int, layers: [LayerStatistics], sourceDigest: String? = nil) {
    self.sourceDigest = sourceDigest
    self.exampleCount = exampleCount
    self.layers = layers
  }
}

/// The moments of what a layer sees and the weight of errors in what it gives.
///
/// For a convolution the moments are means over images and positions and the metric sums over
/// positions, so that both kinds of layers are in the same units. The groups of a convolution have
/// means of their own; the covariance is the mean of theirs, and the metric is 0 between them.
public struct LayerStatistics: Sendable, Equatable {
  /// The layer.
  public let name: String
  /// `μ = E[x]`.
  /// - Shape: `[groups · in]`, one group after the other.
  public let mean: [Double]
  /// `Σ = E[x xᵀ] − μ μᵀ`.
  /// - Shape: `[in, in]`.
  public let covariance: Matrix<Double>
  /// `G = E[Jᵀ (I − 11ᵀ/C) J]` with `J` the derivative of the scores by the outputs `z` of the
  /// layer: `E|Δ scores|² ≈ E[Δzᵀ G Δz]` up to a shift of all scores.
  /// - Shape: `[out, out]`.
  public let outputMetric: Matrix<Double>

  /// Joins what was measured; the sides must fit.
  public init(
    name: String, mean: [Double], covariance: Matrix<Double>, outputMetric: Matrix<Double>
  ) {
    let side = covariance.rowCount
    precondition(side == covariance.columnCount, "\(covariance.shape)")
    precondition(mean.count.isMultiple(of: side), "\(mean.count) means for \(side) inputs")
    precondition(outputMetric.rowCount == outputMetric.columnCount, "\(outputMetric.shape)")
    self.name = name
    self.mean = mean
    self.covariance = covariance
    self.outputMetric = outputMetric
  }
}
