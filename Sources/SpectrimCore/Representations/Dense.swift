/// The dense form: `W` itself.
extension WeightMatrix: LinearMap {
  public var rank: Int? { nil }
  public var parameterCount: Int { shape.elementCount }
  public var multiplyAccumulateCount: Int { shape.elementCount }

  public func apply(to batch: Matrix<Float>) -> Matrix<Float> {
    batch.multipliedByTransposed(values)
  }

  public func materialized() -> Matrix<Float> { values }
}
