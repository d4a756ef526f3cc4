internal import SpectrimCore
internal import SpectrimLinearAlgebra

extension AnalysedLayer {
  /// The weight in one of its possible forms; planning and converting build it here alike.
  func weight(as form: WeightForm) throws -> Representation {
    switch form {
    case .asStored: return layer.weight
    case .dense: return .dense(WeightMatrix(matrix, storedAs: elementType))
    case .factorized(let rank):
      let factors = try splitFactors(rank: rank)
      return .factorized(
        try Factorized(
          u: WeightMatrix(factors.u, storedAs: elementType),
          v: WeightMatrix(factors.v, storedAs: elementType)))
    case .chain(let stages): return .chain(try FactorChain(chainFactors(stages: stages)))
    case .quantized(let codes):
      return .quantized(try codes.quantized(matrix, channels: .rows))
    case .quantizedLowRank(let rank, let codes):
      let factors = try splitFactors(rank: rank)
      return .quantizedLowRank(
        try QuantizedLowRank(
          u: codes.quantized(factors.u, channels: .rows),
          v: codes.quantized(factors.v, channels: .columns)))
    }
  }

  /// Splits the matrix, then what is left on the input side, and so on.
  /// - Source: chapter 11.1, multi-stage factorization.
  private func chainFactors(stages: [Int]) throws -> [WeightMatrix] {
    var factors: [Matrix<Float>] = []
    var rest = matrix
    for (index, side) in stages.enumerated() {
      let split =
        index == 0
        ? try splitFactors(rank: side)
        : SplitFactors(try SpectralDecomposition(rest).leadingFactors(rank: side))
      factors.append(split.u)
      rest = split.v.transposed
    }
    return (factors + [rest]).map { WeightMatrix($0, storedAs: elementType) }
  }
}

extension WeightForm.Codes {
  /// The codes of a matrix.
  /// - Parameter channels: what shares a scale where channels do.
  func quantized(
    _ matrix: Matrix<Float>, channels: Quantizer.Grouping
  ) throws(ModelError) -> QuantizedMatrix {
    let quantizer = Quantizer(bits: bits)
    if let step { return try quantizer.quantize(matrix, step: step) }
    return try quantizer.quantize(matrix, by: scale == .tensor ? .tensor : channels)
  }
}
