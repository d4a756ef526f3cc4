/// The weight of a layer in one of the stored forms.
public indirect enum Representation: Sendable, Equatable {
  case dense(WeightMatrix)
  case factorized(Factorized)
  case chain(FactorChain)
  case lora(LoRA)
  case quantized(QuantizedMatrix)
  case quantizedLowRank(QuantizedLowRank)

  /// The names of the stored forms; the raw value is the word on disk and in reports.
  public enum Kind: String, Sendable, CaseIterable, Codable {
    case dense
    case factorized
    case chain
    case lora
    case quantized
    case quantizedLowRank = "quantized_low_rank"
  }

  /// Which form this is.
  public var kind: Kind {
    switch self {
    case .dense: .dense
    case .factorized: .factorized
    case .chain: .chain
    case .lora: .lora
    case .quantized: .quantized
    case .quantizedLowRank: .quantizedLowRank
    }
  }

  private var map: any LinearMap {
    switch self {
    case .dense(let map): map
    case .factorized(let map): map
    case .chain(let map): map
    case .lora(let map): map
    case .quantized(let map): map
    case .quantizedLowRank(let map): map
    }
  }

  /// Bits of a stored weight, or `nil` where it is a float.
  public var bitsPerWeight: Int? {
    switch self {
    case .dense, .factorized, .chain: nil
    case .lora(let lora): lora.base.bitsPerWeight
    case .quantized(let matrix): matrix.bitsPerWeight
    case .quantizedLowRank(let factors): max(factors.u.bitsPerWeight, factors.v.bitsPerWeight)
    }
  }
}

extension Representation: LinearMap {
  /// `[out, in]`.
  public var shape: Shape { map.shape }
  /// The rank of the stored form, `nil` if it is not factorized.
  public var rank: Int? { map.rank }
  /// Stored weights.
  public var parameterCount: Int { map.parameterCount }
  /// Stored bytes before lossless coding.
  public var byteCount: Int { map.byteCount }
  /// Multiplications per vector as stored.
  public var multiplyAccumulateCount: Int { map.multiplyAccumulateCount }
  /// `X Wᵀ` by the stored form.
  public func apply(to batch: Matrix<Float>) -> Matrix<Float> { map.apply(to: batch) }
  /// The dense matrix.
  public func materialized() -> Matrix<Float> { map.materialized() }
}
