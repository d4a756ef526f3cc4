internal import SpectrimCore
internal import SpectrimLinearAlgebra

extension AnalysedLayer {
  /// The weight in one of its possible forms, pruned; planning and converting build it here alike.
  func weight(as form: WeightForm) throws -> Representation {
    switch form {
    case .asStored: return layer.weight
    case .quantized(let codes):
      let matrix = try codes.quantized(floats(of: form)[0], channels: .rows)
      return .quantized(try matrix.withoutCodes(ofColumns: deadColumns))
    case .quantizedLowRank(_, let codes):
      let factors = try floats(of: form)
      return .quantizedLowRank(
        try QuantizedLowRank(
          u: codes.quantized(factors[0], channels: .rows),
          v: codes.quantized(factors[1], channels: .columns).withoutCodes(ofRows: deadColumns)))
    case .dense, .factorized, .chain: return try floatWeight(floats(of: form), form)
    }
  }

  /// What pruning alone changes in a form, `‖F − F̂‖ / ‖W‖` with the floats `F` of that form and the
  /// matrix `W` of the source; rows and columns that went included.
  func pruningError(of form: WeightForm) throws -> Double {
    guard form != .asStored, pruning?.isOfWeights == true else {
      return lostShare.squareRoot()
    }
    let (before, after) = try (unprunedFloats(of: form), floats(of: form))
    let distance = try Frobenius.distance(
      floatWeight(before, form).product(), floatWeight(after, form).product())
    return distance == 0 ? 0 : distance / sourceNorm
  }

  /// The relative error of a form before its codes: that of truncation and of pruned weights.
  func relativeErrorBeforeCodes(of form: WeightForm) throws -> Double {
    relativeError(of: try floatWeight(floats(of: form), form))
  }

  /// The matrices of a form in floats, pruned.
  private func floats(of form: WeightForm) throws -> [Matrix<Float>] {
    let floats = try unprunedFloats(of: form)
    return pruning?.zeroing(floats) ?? floats
  }

  private func unprunedFloats(of form: WeightForm) throws -> [Matrix<Float>] {
    switch form {
    case .asStored, .dense, .quantized: return [matrix]
    case .factorized(let rank), .quantizedLowRank(let rank, _):
      let factors = try splitFactors(rank: rank)
      return [factors.u, factors.v.zeroing(rows: deadColumns)]
    case .chain(let stages):
      var factors = try chainFactors(stages: stages)
      let last = factors.removeLast()
      return factors + [last.zeroing(columns: deadColumns)]
    }
  }

  private func floatWeight(
    _ floats: [Matrix<Float>], _ form: WeightForm
  ) throws -> Representation {
    let stored = floats.map { WeightMatrix($0, storedAs: elementType) }
    return switch form {
    case .asStored, .dense, .quantized: .dense(stored[0])
    case .factorized, .quantizedLowRank:
      .factorized(try Factorized(u: stored[0], v: stored[1]))
    case .chain: .chain(try FactorChain(stored))
    }
  }

  /// Splits the matrix, then what is left on the input side, and so on.
  /// - Source: chapter 11.1, multi-stage factorization.
  private func chainFactors(stages: [Int]) throws -> [Matrix<Float>] {
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
    return factors + [rest]
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
