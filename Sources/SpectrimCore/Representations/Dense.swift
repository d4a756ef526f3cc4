/// The dense form: `W` itself.
extension WeightMatrix: LinearMap {
  /// Not factorized.
  public var rank: Int? { nil }
  /// All of `W`.
  public var parameterCount: Int { shape.elementCount }
  /// One multiplication per stored weight.
  public var multiplyAccumulateCount: Int { shape.elementCount }

  /// `X Wᵀ`.
  public func apply(to batch: Matrix<Float>) -> Matrix<Float> {
    batch.multipliedByTransposed(values)
  }

  /// `W` itself.
  public func materialized() -> Matrix<Float> { values }
}
