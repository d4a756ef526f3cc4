internal import SpectrimCore

/// The scales of a matrix as they are stored; codes are computed from these, so that rounding a
/// scale changes the step, not the value a code stands for.
struct GroupScales {
  let values: [Float]
  let elementType: ElementType

  /// A scale rounded by more than this share would clip the largest codes visibly: at 8 bits half
  /// a step is 1/254. Half precision is that exact down to 2⁻¹⁶; normal numbers are 2⁻¹¹.
  private static let largestScaleError: Float = 0x1p-9

  /// Scales for groups by their largest magnitudes.
  /// - Parameter storesHalf: whether float16 may be used where it is exact enough for all groups.
  init(largest: [Float], largestCode: Float, storesHalf: Bool) {
    let exact = largest.map { Self.scale(largest: $0, largestCode: largestCode) }
    let rounded = exact.map(ElementType.float16.rounded)
    let isCloseEnough = zip(exact, rounded).allSatisfy {
      abs($0 - $1) <= $0 * Self.largestScaleError
    }
    let usesHalf = storesHalf && isCloseEnough
    (values, elementType) = usesHalf ? (rounded, .float16) : (exact, .float32)
  }

  /// `largest / largestCode`; 1 for a group of zeros, and never so small that it is lost.
  private static func scale(largest: Float, largestCode: Float) -> Float {
    guard largest > 0 else { return 1 }
    let scale = largest / largestCode
    return scale < .leastNormalMagnitude ? scale.nextUp : scale
  }
}
