internal import SpectrimCore

extension Pruning {
  /// The matrices of one weight with small entries set to zero; all matrices are weighed together,
  /// so that of factors the weaker one loses more.
  func zeroing(_ matrices: [Matrix<Float>]) -> [Matrix<Float>] {
    switch self {
    case .columns, .neurons: return matrices
    case .threshold(let threshold):
      return matrices.map { matrix in
        Matrix(matrix.shape, matrix.elements.map { Double(abs($0)) < threshold ? 0 : $0 })
      }
    case .magnitude(let share):
      var pruned = matrices
      let elements = matrices.flatMap(\.elements)
      var rest = Self.count(share, of: elements.count)
      guard rest > 0 else { return matrices }
      // Entries below the limit go; of those equal to it the first, until the count is full.
      let limit = elements.map { abs($0) }.sorted()[rest - 1]
      rest -= elements.count { abs($0) < limit }
      for index in pruned.indices {
        for place in pruned[index].elements.indices {
          let size = abs(pruned[index].elements[place])
          guard size <= limit, size < limit || rest > 0 else { continue }
          if size == limit { rest -= 1 }
          pruned[index].elements[place] = 0
        }
      }
      return pruned
    }
  }

  /// Which columns of a matrix go.
  func deadColumns(of matrix: Matrix<Float>) -> [Int] {
    guard case .columns(let share) = self else { return [] }
    var squares = Array(repeating: 0.0, count: matrix.columnCount)
    for row in 0..<matrix.rowCount {
      for (column, value) in matrix.row(row).enumerated() {
        squares[column] += Double(value) * Double(value)
      }
    }
    guard let share else { return squares.indices.filter { squares[$0] == 0 } }
    return Self.smallest(Self.count(share, of: squares.count), of: squares).sorted()
  }
}

extension Matrix where Element == Float {
  /// The matrix with some columns set to zero.
  func zeroing(columns: [Int]) -> Matrix {
    var result = self
    for row in 0..<rowCount { for column in columns { result[row, column] = 0 } }
    return result
  }

  /// The matrix with some rows set to zero.
  func zeroing(rows: [Int]) -> Matrix {
    var result = self
    for row in rows { for column in 0..<columnCount { result[row, column] = 0 } }
    return result
  }
}

extension Representation {
  /// The share of the stored weights that are zero; those that are absent are no longer stored, but
  /// count all the same.
  var zeroShare: Double {
    let matrices: [Matrix<Float>] =
      switch self {
      case .dense(let matrix): [matrix.values]
      case .factorized(let factors): [factors.u.values, factors.v.values]
      case .chain(let chain): chain.factors.map(\.values)
      case .quantized(let matrix): [matrix.materialized()]
      case .quantizedLowRank(let factors): [factors.u.materialized(), factors.v.materialized()]
      case .lora: [product()]
      }
    let count = matrices.reduce(0) { $0 + $1.shape.elementCount }
    let zeroCount = matrices.reduce(0) { $0 + $1.elements.count { $0 == 0 } }
    return count == 0 ? 0 : Double(zeroCount) / Double(count)
  }
}

extension QuantizedMatrix {
  /// The matrix without the codes of some columns that are zero, if that is smaller.
  func withoutCodes(ofColumns dead: [Int]) throws(ModelError) -> QuantizedMatrix {
    guard !dead.isEmpty, columnFactors == nil else { return self }
    let exponents = Self.exponents(count: shape.columnCount, absent: dead)
    let smaller = try QuantizedMatrix(
      codes: codes.selecting(columns: exponents.indices.filter { exponents[$0] == 0 }),
      bitsPerWeight: bitsPerWeight, rowFactors: rowFactors, columnFactors: .exponents(exponents))
    return ByteEstimate.price(of: .quantized(smaller)) < ByteEstimate.price(of: .quantized(self))
      ? smaller : self
  }

  /// The matrix without the codes of some rows that are zero, if that is smaller.
  func withoutCodes(ofRows dead: [Int]) throws(ModelError) -> QuantizedMatrix {
    // One scale for all can stand along either axis.
    let isFree = rowFactors == nil || (rowFactors?.count == 1 && columnFactors == nil)
    guard !dead.isEmpty, isFree else { return self }
    let exponents = Self.exponents(count: shape.rowCount, absent: dead)
    let smaller = try QuantizedMatrix(
      codes: codes.selecting(rows: exponents.indices.filter { exponents[$0] == 0 }),
      bitsPerWeight: bitsPerWeight, rowFactors: .exponents(exponents),
      columnFactors: columnFactors ?? rowFactors)
    return ByteEstimate.price(of: .quantized(smaller)) < ByteEstimate.price(of: .quantized(self))
      ? smaller : self
  }

  private static func exponents(count: Int, absent: [Int]) -> [Int8] {
    var exponents = Array(repeating: Int8(0), count: count)
    for index in absent { exponents[index] = ScaleFactors.absent }
    return exponents
  }
}
