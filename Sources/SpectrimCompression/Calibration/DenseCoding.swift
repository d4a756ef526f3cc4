internal import SpectrimCore

/// A weight as one coded matrix: heads of a few rows and small convolutions, where two factors would
/// hold more numbers than the matrix.
/// - Source: frontier study, §5.8, and on convolutions, §2.4.
struct DenseCoding {
  let target: LayerTarget
  let settings: CalibrationSettings

  func coded(steps: CodeSteps) throws(ModelError) -> CodedWeight {
    let codes = TwoSidedRounding(
      input: target.input, output: target.output, step: settings.step, steps: steps,
      options: settings.rounding
    ).codes(for: target.weight)
    let columnIsUsed = codes.codes.columnIsUsed
    let rowIsUsed = codes.codes.transposed.columnIsUsed
    let stored = codes.codes
      .selecting(rows: rowIsUsed.indices.filter { rowIsUsed[$0] })
      .selecting(columns: columnIsUsed.indices.filter { columnIsUsed[$0] })
    let matrix = try QuantizedMatrix(
      codes: stored, bitsPerWeight: 8,
      rowFactors: .exponents(Self.marking(codes.rowExponents, used: rowIsUsed)),
      columnFactors: .exponents(Self.marking(codes.columnExponents, used: columnIsUsed)))
    return CodedWeight(
      .quantized(matrix), values: codes.values,
      bitCount: RateModel.bitCount(of: codes.codes) + codes.rowExponents.entropyBitCount
        + codes.columnExponents.entropyBitCount,
      for: target)
  }

  private static func marking(_ exponents: [Int8], used: [Bool]) -> [Int8] {
    zip(exponents, used).map { $1 ? $0 : ScaleFactors.absent }
  }
}
