internal import SpectrimCore
internal import SpectrimFormat

extension Layer {
  /// Finds codes whose scales or exponents take them beyond single precision, although each number
  /// in the file is finite.
  func checkIsFinite(at path: String) throws(FormatError) {
    if let bias, let index = bias.values.firstIndex(where: { !$0.isFinite }) {
      throw FormatError(at: "\(path)/\(FormatName.bias)", .notFinite(index: index))
    }
    for matrix in weight.quantizedMatrices where !matrix.isSurelyFinite {
      if let index = matrix.materialized().elements.firstIndex(where: { !$0.isFinite }) {
        throw FormatError(at: "\(path)/\(FormatName.weight)", .notFinite(index: index))
      }
    }
  }
}

extension Representation {
  fileprivate var quantizedMatrices: [QuantizedMatrix] {
    switch self {
    case .dense, .factorized, .chain: []
    case .lora(let lora): lora.base.quantizedMatrices
    case .quantized(let matrix): [matrix]
    case .quantizedLowRank(let pair): [pair.u, pair.v]
    }
  }
}

extension QuantizedMatrix {
  /// Whether even the largest code with the largest factors is finite, which nearly always spares a
  /// look at every value.
  fileprivate var isSurelyFinite: Bool {
    let scaled = Float(Int8.max) * (rowFactors?.largestMagnitude ?? 1)
    return (scaled * max(1, columnFactors?.largestMagnitude ?? 1)).isFinite
  }
}

extension ScaleFactors {
  fileprivate var largestMagnitude: Float {
    switch self {
    case .scales(let values, _): values.reduce(0) { max($0, $1.magnitude) }
    case .exponents(let values):
      values.max().map { Float(sign: .plus, exponent: Int($0), significand: 1) } ?? 0
    }
  }
}
