internal import SpectrimCore
internal import SpectrimLinearAlgebra

/// One way to store a weight, with what it costs and what it loses.
struct CodedWeight: Sendable {
  /// What is stored.
  let representation: Representation
  /// What it stands for.
  /// - Shape: `[out, in]`.
  let values: Matrix<Double>
  /// `E|Δ scores|² = ‖L_Gᵀ (W̃ − Ŵ) L_Σ‖²`.
  /// - Units: squared scores.
  let distortion: Double
  /// Bits of the codes and of all that is needed to read them, at order-0 entropy.
  let bitCount: Double

  init(
    _ representation: Representation, values: Matrix<Double>, bitCount: Double,
    for target: LayerTarget
  ) {
    self.representation = representation
    self.values = values
    self.bitCount = bitCount
    distortion = target.distortion(of: values)
  }

  /// `J = D + λ θ² R`: both ways of storing a layer at equal slope, so that the smaller is better.
  func cost(step: Double, rateWeight: Double) -> Double {
    distortion + rateWeight * step * step * bitCount
  }
}

extension LayerTarget {
  /// `‖L_Gᵀ (W̃ − Ŵ) L_Σ‖²`.
  func distortion(of values: Matrix<Double>) -> Double {
    let error = weight.adding(-1, times: values)
    return output.cholesky.lower.transposedTimes(error).times(input.cholesky.lower)
      .elements.reduce(0) { $0 + $1 * $1 }
  }
}

extension [Int8] {
  /// Bits of a list at its own entropy.
  var entropyBitCount: Double { Double(count) * ByteEstimate.entropy(of: self) }
}
