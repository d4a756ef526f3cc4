/// Two factors, `W = U Vᵀ`: `r(m + n)` weights in place of `mn`.
public struct Factorized: LinearMap, Equatable {
  /// The left factor.
  /// - Shape: `[out, r]`.
  public let u: WeightMatrix
  /// The right factor.
  /// - Shape: `[in, r]`.
  public let v: WeightMatrix

  /// Pairs two factors of one rank; rank 0 is the zero map.
  /// - Throws: `ModelError.shapeMismatch` when the ranks differ.
  public init(u: WeightMatrix, v: WeightMatrix) throws(ModelError) {
    guard u.shape.columnCount == v.shape.columnCount else {
      throw .ranksDiffer(left: "U", u.shape, right: "V", v.shape)
    }
    self.u = u
    self.v = v
  }

  /// Pairs factors that are known to fit.
  init(unchecked u: WeightMatrix, _ v: WeightMatrix) { (self.u, self.v) = (u, v) }

  /// `[out, in]`.
  public var shape: Shape { Shape(u.shape.rowCount, v.shape.rowCount) }
  /// `r`.
  public var rank: Int? { u.shape.columnCount }
  /// `r(m + n)`.
  public var parameterCount: Int { u.shape.elementCount + v.shape.elementCount }
  /// Stored bytes before lossless coding.
  public var byteCount: Int { u.byteCount + v.byteCount }
  /// One multiplication per stored weight.
  public var multiplyAccumulateCount: Int { parameterCount }

  /// `(X V) Uᵀ`: the factors are never multiplied together.
  public func apply(to batch: Matrix<Float>) -> Matrix<Float> {
    batch.multipliedByTransposed(v.values.transposed).multipliedByTransposed(u.values)
  }

  /// `U Vᵀ`.
  public func materialized() -> Matrix<Float> { u.values.multipliedByTransposed(v.values) }
}
