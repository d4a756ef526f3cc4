internal import SpectrimCore

/// Codes with the scales and zero points of `DequantizeLinear`.
struct QuantizedTensor {
  private let codes: [Int]
  private let shape: [Int]
  private let scales: [Float]
  /// The axis of the scales, where there is more than one.
  private let axis: Int

  /// Subtracts the zero points.
  /// - Throws: `ONNXObstacle` when the counts do not fit the shape.
  init(
    codes: [Int], shape: [Int], scales: [Float], zeros: [Int], axis: Int, node: ONNXNodeProto
  ) throws {
    // A single scale counts for all elements, whatever the axis says.
    let isPerAxis = scales.count != 1 && !shape.isEmpty
    let axis = isPerAxis ? axis : 0
    guard !isPerAxis || shape.indices.contains(axis) && shape[axis] == scales.count,
      scales.count >= 1, zeros.isEmpty || zeros.count == scales.count
    else { throw ONNXObstacle.form(node, "has scales that do not fit \(shape)") }
    let step = shape.dropFirst(axis + 1).reduce(1, *)
    self.codes =
      zeros.allSatisfy { $0 == 0 }
      ? codes : codes.indices.map { codes[$0] &- zeros[$0 / max(step, 1) % zeros.count] }
    self.shape = shape
    self.scales = scales
    self.axis = axis
  }

  /// The codes as they are, with rows along the first axis or columns along the last; `nil` where
  /// a code does not fit, or the scales lie along another axis.
  var matrix: QuantizedMatrix? {
    let limit = Int(QuantizedMatrix.largestCode(bitsPerWeight: 8))
    guard codes.allSatisfy({ -limit...limit ~= $0 }), let first = shape.first else { return nil }
    let isPerColumn = scales.count != 1 && axis == shape.count - 1 && axis > 0
    guard axis == 0 || isPerColumn else { return nil }
    let rowCount = isPerColumn ? shape.dropLast().reduce(1, *) : first
    let columnCount = isPerColumn ? scales.count : shape.dropFirst().reduce(1, *)
    let matrix = Matrix(Shape(rowCount, columnCount), codes.map { Int8(truncatingIfNeeded: $0) })
    if scales == [1] { return try? QuantizedMatrix(codes: matrix, bitsPerWeight: 8) }
    if isPerColumn {
      let (factors, kept) = Self.factors(scales, of: matrix.transposed)
      return try? QuantizedMatrix(
        codes: kept.transposed, bitsPerWeight: 8, columnFactors: factors)
    }
    let (factors, kept) = Self.factors(scales, of: matrix)
    return try? QuantizedMatrix(codes: kept, bitsPerWeight: 8, rowFactors: factors)
  }

  /// The values that the codes stand for.
  var tensor: Tensor {
    let step = max(shape.dropFirst(axis + 1).reduce(1, *), 1)
    let values = codes.indices.map { index in
      Float(Double(codes[index]) * Double(scales[index / step % scales.count]))
    }
    return Tensor(values, storedAs: .float32, shape: shape)
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
