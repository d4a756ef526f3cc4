internal import Foundation
package import SpectrimCore

/// What a representation costs in a file, before anything is compressed.
///
/// Codes cost their order-0 entropy, which a lossless coder comes near to; floats cost their raw
/// size, because trained mantissas are noise.
package enum ByteEstimate {
  /// Bytes of the weight, scales included; file structure is left out.
  package static func price(of representation: Representation) -> Int {
    switch representation {
    case .dense, .factorized, .chain: representation.byteCount
    case .quantized(let matrix): price(of: matrix)
    case .quantizedLowRank(let factors): price(of: factors.u) + price(of: factors.v)
    case .lora(let lora):
      price(of: lora.base) + lora.adapters.reduce(0) { $0 + $1.a.byteCount + $1.b.byteCount }
    }
  }

  private static func price(of matrix: QuantizedMatrix) -> Int {
    let codeBits = Double(matrix.codes.elements.count) * entropy(of: matrix.codes.elements)
    return Int((codeBits / 8).rounded(.up)) + matrix.byteCount - matrix.parameterCount
  }

  /// The mean information of a code, `−Σ p log₂ p`, in bits.
  package static func entropy(of codes: [Int8]) -> Double {
    var counts = Array(repeating: 0, count: 256)
    for code in codes { counts[Int(code) + 128] += 1 }
    return counts.reduce(0.0) { sum, count in
      guard count > 0 else { return sum }
      let share = Double(count) / Double(codes.count)
      return sum - share * log2(share)
    }
  }
}
