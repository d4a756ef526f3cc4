/// Two quantized factors, `W = U Vᵀ`: the compact case.
public struct QuantizedLowRank: LinearMap, Equatable {
  /// The left factor.
  /// - Shape: `[out, r]`.
  public let u: QuantizedMatrix
  /// The right factor.
  /// - Shape: `[in, r]`.
  public let v: QuantizedMatrix

  /// Pairs two quantized factors of one rank.
  /// - Throws: `ModelError.ranksDiffer` when the ranks differ.
  public init(u: QuantizedMatrix, v: QuantizedMatrix) throws(ModelError) {
    guard u.shape.columnCount == v.shape.columnCount else {
      throw .ranksDiffer(left: "U", u.shape, right: "V", v.shape)
    }
    self.u = u
    self.v = v
  }

  public var shape: Shape { Shape(u.shape.rowCount, v.shape.rowCount) }
  public var rank: Int? { u.shape.columnCount }
  public var parameterCount: Int { u.parameterCount + v.parameterCount }
  public var byteCount: Int { u.byteCount + v.byteCount }
  public var multiplyAccumulateCount: Int { parameterCount }

  public func apply(to batch: Matrix<Float>) -> Matrix<Float> {
    batch.multipliedByTransposed(v.materialized().transposed)
      .multipliedByTransposed(u.materialized())
  }

  public func materialized() -> Matrix<Float> {
    u.materialized().multipliedByTransposed(v.materialized())
  }
}
