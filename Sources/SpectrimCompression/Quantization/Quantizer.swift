public import SpectrimCore

/// Turns floats into symmetric codes of `bits` bits: `code = round(value / scale)`, half to even,
/// within `±(2^(bits − 1) − 1)`, with `scale = max|value| / (2^(bits − 1) − 1)` of each group.
///
/// - Source: chapter 11, with the symmetric range of the file format (the chapter's −2^(bits − 1)
///   is never reached by its own scale).
public struct Quantizer: Sendable, Equatable {
  /// What shares a scale.
  public enum Grouping: Sendable, Equatable {
    /// The whole matrix; the scale is a 32-bit float, exactly the chapter's.
    case tensor
    /// Each row.
    case rows
    /// Each column.
    case columns
  }

  /// Bits of a code, 2…8.
  public let bits: Int

  /// Creates a quantizer of 2…8 bits.
  public init(bits: Int) {
    precondition(QuantizationRequest.widths.contains(bits), "\(bits) bits per code")
    self.bits = bits
  }

  /// Rounds a finite matrix to codes and scales.
  /// - Shape: rows and columns stay; scales are one per group.
  /// - Throws: never in practice: the parts fit by construction.
  public func quantize(
    _ matrix: Matrix<Float>, by grouping: Grouping
  ) throws(ModelError) -> QuantizedMatrix {
    let scales = GroupScales(
      largest: Self.largestMagnitudes(of: matrix, by: grouping),
      largestCode: Float(QuantizedMatrix.largestCode(bitsPerWeight: bits)),
      storesHalf: grouping != .tensor)
    let factors = ScaleFactors.scales(scales.values, storedAs: scales.elementType)
    let codes = Matrix(matrix.shape, codes(of: matrix, scales: scales.values, by: grouping))
    return try QuantizedMatrix(
      codes: codes, bitsPerWeight: bits, rowFactors: grouping == .columns ? nil : factors,
      columnFactors: grouping == .columns ? factors : nil)
  }

  /// Rounds a finite matrix to codes of one given step, a 32-bit float; what lies beyond the largest
  /// code is clipped.
  /// - Shape: rows and columns stay.
  /// - Throws: never in practice: the parts fit by construction.
  public func quantize(
    _ matrix: Matrix<Float>, step: Float
  ) throws(ModelError) -> QuantizedMatrix {
    precondition(step.isNormal && step > 0, "a step of \(step)")
    let codes = Matrix(matrix.shape, codes(of: matrix, scales: [step], by: .tensor))
    return try QuantizedMatrix(
      codes: codes, bitsPerWeight: bits, rowFactors: .scales([step], storedAs: .float32))
  }

  /// `Σ (x − x̂)²` over values rounded to 8-bit codes of one step, without making the codes.
  static func squaredRounding(of values: ArraySlice<Float>, step: Float) -> Double {
    let limit = Float(QuantizedMatrix.largestCode(bitsPerWeight: 8))
    return values.reduce(0.0) { sum, value in
      let difference = Double(value) - Double(rounded(value / step, limit: limit) * step)
      return sum + difference * difference
    }
  }

  /// The codes of values of one step.
  func codes(of values: ArraySlice<Float>, step: Float) -> [Int8] {
    let limit = Float(QuantizedMatrix.largestCode(bitsPerWeight: bits))
    return values.map { Self.code($0 / step, limit: limit) }
  }

  private func codes(
    of matrix: Matrix<Float>, scales: [Float], by grouping: Grouping
  ) -> [Int8] {
    let limit = Float(QuantizedMatrix.largestCode(bitsPerWeight: bits))
    var codes: [Int8] = []
    codes.reserveCapacity(matrix.shape.elementCount)
    for row in 0..<matrix.rowCount {
      let values = matrix.row(row)
      switch grouping {
      case .columns:
        for (value, scale) in zip(values, scales) {
          codes.append(Self.code(value / scale, limit: limit))
        }
      case .rows, .tensor:
        let scale = grouping == .rows ? scales[row] : scales[0]
        for value in values { codes.append(Self.code(value / scale, limit: limit)) }
      }
    }
    return codes
  }

  /// Half to even, by adding a number whose last place is 1; exact for |ratio| < 2²².
  @inline(__always)
  private static func code(_ ratio: Float, limit: Float) -> Int8 {
    Int8(rounded(ratio, limit: limit))
  }

  @inline(__always)
  private static func rounded(_ ratio: Float, limit: Float) -> Float {
    let shift: Float = 0x1.8p23
    return min(max(ratio, -limit), limit) + shift - shift
  }

  private static func largestMagnitudes(
    of matrix: Matrix<Float>, by grouping: Grouping
  ) -> [Float] {
    switch grouping {
    case .tensor: [largestMagnitude(matrix.elements[...])]
    case .rows: (0..<matrix.rowCount).map { largestMagnitude(matrix.row($0)) }
    case .columns:
      (0..<matrix.rowCount).reduce(into: Array(repeating: 0, count: matrix.columnCount)) {
        largest, row in
        for (column, value) in matrix.row(row).enumerated() {
          largest[column] = max(largest[column], abs(value))
        }
      }
    }
  }

  static func largestMagnitude(_ values: ArraySlice<Float>) -> Float {
    var largest: Float = 0
    for value in values { largest = max(largest, abs(value)) }
    return largest
  }
}
