internal import SpectrimCore

/// Codes with the scales and zero points of `DequantizeLinear`.
struct QuantizedTensor {
  private let codes: Tensor
  /// Zero points, as many as there are scales, or none.
  private let zeros: [Int]
  private let shape: [Int]
  private let scales: [Float]
  /// The axis of the scales, where there is more than one.
  private let axis: Int

  /// Joins the parts.
  /// - Throws: `ONNXObstacle` when the counts do not fit the shape.
  init(
    codes: Tensor, shape: [Int], scales: [Float], zeros: [Int], axis: Int, node: ONNXNodeProto
  ) throws {
    // A single scale counts for all elements, whatever the axis says.
    let isPerAxis = scales.count != 1 && !shape.isEmpty
    let axis = isPerAxis ? axis : 0
    guard !isPerAxis || shape.indices.contains(axis) && shape[axis] == scales.count,
      scales.count >= 1, zeros.isEmpty || zeros.count == scales.count
    else { throw ONNXObstacle.form(node, "has scales that do not fit \(shape)") }
    self.codes = codes
    self.zeros = zeros.allSatisfy { $0 == 0 } ? [] : zeros
    self.shape = shape
    self.scales = scales
    self.axis = axis
  }

  /// The codes as they are, with rows along the first axis or columns along the last; `nil` where
  /// a code does not fit, or the scales lie along another axis.
  var matrix: QuantizedMatrix? {
    guard let first = shape.first, let codes = narrowCodes else { return nil }
    let isPerColumn = scales.count != 1 && axis == shape.count - 1 && axis > 0
    guard axis == 0 || isPerColumn else { return nil }
    let rowCount = isPerColumn ? shape.dropLast().reduce(1, *) : first
    let columnCount = isPerColumn ? scales.count : shape.dropFirst().reduce(1, *)
    let matrix = Matrix(Shape(rowCount, columnCount), codes)
    if scales == [1] { return try? QuantizedMatrix(codes: matrix, bitsPerWeight: 8) }
    if isPerColumn {
      let (factors, kept) = Self.factors(scales, of: matrix.transposed)
      return try? QuantizedMatrix(
        codes: kept.transposed, bitsPerWeight: 8, columnFactors: factors)
    }
    let (factors, kept) = Self.factors(scales, of: matrix)
    return try? QuantizedMatrix(codes: kept, bitsPerWeight: 8, rowFactors: factors)
  }

  /// The codes less their zero points; `nil` where one is outside ±127, such as the −128 that other
  /// programs allow.
  private var narrowCodes: [Int8]? {
    let limit = Int(QuantizedMatrix.largestCode(bitsPerWeight: 8))
    var fits = true
    let narrow = mapCodes { _, code -> Int8 in
      fits = fits && -limit...limit ~= code
      return Int8(truncatingIfNeeded: code)
    }
    return fits ? narrow : nil
  }

  /// The values that the codes stand for; `nil` for codes of 32 bits without a sign or more.
  var tensor: Tensor? {
    mapCodes { channel, code in Float(Double(code) * Double(scales[channel])) }
      .map { Tensor($0, storedAs: .float32, shape: shape) }
  }

  /// What becomes of every code less its zero point, with the place of its scale.
  private func mapCodes<Result>(
    _ transform: (_ channel: Int, _ code: Int) -> Result
  ) -> [Result]? {
    let step = max(shape.dropFirst(axis + 1).reduce(1, *), 1)
    return codes.mapIntegers { index, code in
      let channel = index / step % scales.count
      return transform(channel, zeros.isEmpty ? code : code &- zeros[channel])
    }
  }

  /// The scales as exponents where all of them are powers of two, a scale of 0 then marking a row
  /// that is absent; else as they are.
  static func factors(
    _ scales: [Float], of rows: Matrix<Int8>
  ) -> (factors: ScaleFactors, rows: Matrix<Int8>) {
    let exponents = scales.map { scale -> Int8? in
      if scale == 0 { return ScaleFactors.absent }
      guard scale > 0, scale.significand == 1 || scale.isSubnormal else { return nil }
      let exponent = Int(scale.exponent)
      let isPower = Float(sign: .plus, exponent: exponent, significand: 1) == scale
      return isPower && exponent > Int(ScaleFactors.absent) ? Int8(exactly: exponent) : nil
    }
    guard scales.count > 1, !exponents.contains(nil) else {
      return (.scales(scales, storedAs: .float32), rows)
    }
    let kept = exponents.compactMap(\.self)
    let present = kept.indices.filter { kept[$0] != ScaleFactors.absent }
    return (.exponents(kept), present.count == kept.count ? rows : rows.selecting(rows: present))
  }
}
