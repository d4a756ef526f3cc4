internal import SpectrimCore

/// One step for all codes of a layer.
///
/// A lossless coder pays for the information of codes, not for their width, so that the step is
/// free where a width is not: every limit on the error is used up. Of all ways to choose steps, one
/// for all costs the fewest bits at an error, because then a saved bit costs the same squared error
/// everywhere.
/// - Source: reverse water-filling, Cover and Thomas, chapter 10.
enum CommonStep {
  /// Digits of a step, so that it can be read in a plan: a step in a thousand moves the bytes by
  /// less than as much.
  private static let digitCount = 4

  /// The smallest step for values: the largest of them gets the largest code of 8 bits.
  /// - Returns: `nil` where there is none, because all is zero or the quotient too small for a float.
  static func smallest(largestMagnitude: Float) -> Float? {
    let step = readable(
      Double(largestMagnitude) / Double(QuantizedMatrix.largestCode(bitsPerWeight: 8)))
    return step.isNormal ? step : nil
  }

  /// The largest step that is accepted, by doubling and halving; `nil` if not even the first is.
  static func largest(from smallest: Float, accepts: (Float) -> Bool) -> Float? {
    guard accepts(smallest) else { return nil }
    var (accepted, refused) = (smallest, 2 * smallest)
    while refused.isFinite, accepts(refused) { (accepted, refused) = (refused, 2 * refused) }
    guard refused.isFinite else { return accepted }
    while true {
      let middle = readable((Double(accepted) * Double(refused)).squareRoot())
      guard middle > accepted, middle < refused else { return accepted }
      if accepts(middle) { accepted = middle } else { refused = middle }
    }
  }

  static func readable(_ step: Double) -> Float {
    Float(step.rounded(significantDigits: digitCount))
  }

  /// The codes of a step: as wide as the largest magnitude needs.
  static func codes(_ step: Float, largestMagnitude: Float) -> WeightForm.Codes {
    let largest = (largestMagnitude / step).rounded(.toNearestOrEven)
    let bits = QuantizationRequest.widths.first {
      Float(QuantizedMatrix.largestCode(bitsPerWeight: $0)) >= largest
    }
    return .init(
      bits: bits ?? QuantizationRequest.widths.upperBound, scale: .tensor, step: step)
  }
}

/// Finds the dense codes of the largest common step within a limit.
struct DenseStepSearch {
  let layer: AnalysedLayer
  let limit: Double

  /// The candidate, or `nil` if 8 bits are too few for the limit.
  func smallest() throws -> Candidate? {
    let (values, norm) = (layer.matrix.elements[...], layer.norm)
    let largest = Quantizer.largestMagnitude(values)
    guard let first = CommonStep.smallest(largestMagnitude: largest),
      let step = CommonStep.largest(
        from: first,
        accepts: {
          Quantizer.squaredRounding(of: values, step: $0).squareRoot() / norm <= limit
        })
    else { return nil }
    let codes = CommonStep.codes(step, largestMagnitude: largest)
    var candidate = try Candidate(.quantized(codes), of: layer)
    let error = layer.relativeError(of: candidate.weight)
    candidate.relativeError = error
    return error <= limit ? candidate : nil
  }
}
