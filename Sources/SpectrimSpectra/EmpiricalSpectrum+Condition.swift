/// How far the largest and the smallest singular value lie apart.
public enum ConditionNumber: Sendable, Equatable {
  /// `s₁ / s_M`.
  case value(Double)
  /// There is no meaningful number, for this reason.
  case absent(String)

  /// The number, if there is one.
  public var number: Double? {
    if case .value(let number) = self { number } else { nil }
  }

  /// Why there is no number.
  public var reason: String? {
    if case .absent(let reason) = self { reason } else { nil }
  }
}

extension EmpiricalSpectrum {
  /// Below this share of `s₁` a singular value is rounding noise of the decomposition.
  private static let smallestShare = 1e-12

  /// `s₁ / s_M`, where the smallest singular value is more than rounding noise.
  public var condition: ConditionNumber {
    guard let largest = singularValues.first, let smallest = singularValues.last else {
      return .absent("the matrix is empty")
    }
    guard largest > 0 else { return .absent("the matrix is zero") }
    guard smallest >= Self.smallestShare * largest else {
      return .absent("the smallest singular value is below 1e-12 of the largest")
    }
    return .value(largest / smallest)
  }

  /// The number of `condition`, if there is one.
  public var conditionNumber: Double? { condition.number }
}
