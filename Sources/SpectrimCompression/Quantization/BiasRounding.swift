internal import SpectrimCore

extension Bias {
  /// The bias of a quantized layer: float16 where that is finite, else unchanged.
  ///
  /// The relative error is at most 2⁻¹¹ (below 2⁻¹⁴ the absolute error is at most 2⁻²⁵), far less
  /// than what the codes of the weights lose.
  func roundedBesideCodes() -> Bias {
    guard case .values(let values, .float32) = self else { return self }
    let half = Bias(values, storedAs: .float16)
    return half.values.allSatisfy(\.isFinite) ? half : self
  }
}
