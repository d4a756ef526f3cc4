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

  /// Pairs factors that are known to fit.
  init(unchecked u: QuantizedMatrix, _ v: QuantizedMatrix) { (self.u, self.v) = (u, v) }

  /// `[out, in]`.
  public var shape: Shape { Shape(u.shape.rowCount, v.shape.rowCount) }
  /// `r`.
  public var rank: Int? { u.shape.columnCount }
  /// The codes of both factors.
  public var parameterCount: Int { u.parameterCount + v.parameterCount }
  /// Stored bytes before lossless coding.
  public var byteCount: Int { u.byteCount + v.byteCount }
  /// One multiplication per stored weight.
  public var multiplyAccumulateCount: Int { parameterCount }

  /// `(X V̂) Ûᵀ`.
  public func apply(to batch: Matrix<Float>) -> Matrix<Float> {
    batch.multipliedByTransposed(v.materialized().transposed)
      .multipliedByTransposed(u.materialized())
  }

  /// `Û V̂ᵀ`.
  public func materialized() -> Matrix<Float> {
    u.materialized().multipliedByTransposed(v.materialized())
  }
}
