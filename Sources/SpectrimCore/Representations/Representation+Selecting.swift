extension Matrix {
  /// Some rows in a given order, copied.
  package func selecting(rows: [Int]) -> Matrix {
    var kept: [Element] = []
    kept.reserveCapacity(rows.count * columnCount)
    for index in rows { kept.append(contentsOf: row(index)) }
    return Matrix(Shape(rows.count, columnCount), kept)
  }

  /// Some columns in a given order, copied.
  package func selecting(columns: [Int]) -> Matrix {
    var kept: [Element] = []
    kept.reserveCapacity(rowCount * columns.count)
    for row in 0..<rowCount { for column in columns { kept.append(self[row, column]) } }
    return Matrix(Shape(rowCount, columns.count), kept)
  }
}

/// Parts of a map in its stored form: what a group of a convolution sees, or the same weights for
/// inputs in another order.
extension Representation {
  /// The map with some of its outputs.
  package func selecting(rows: [Int]) -> Representation {
    switch self {
    case .dense(let matrix): .dense(matrix.selecting(rows: rows))
    case .factorized(let factors):
      .factorized(Factorized(unchecked: factors.u.selecting(rows: rows), factors.v))
    case .chain(let chain):
      .chain(
        FactorChain(
          unchecked: [chain.factors[0].selecting(rows: rows)] + chain.factors.dropFirst()))
    case .lora(let lora):
      .lora(
        LoRA(
          unchecked: lora.base.selecting(rows: rows),
          lora.adapters.map { $0.replacing(a: $0.a, b: $0.b.selecting(rows: rows)) }))
    case .quantized(let matrix): .quantized(matrix.selecting(rows: rows))
    case .quantizedLowRank(let factors):
      .quantizedLowRank(QuantizedLowRank(unchecked: factors.u.selecting(rows: rows), factors.v))
    }
  }

  /// The map with some of its inputs, such as all of them in another order.
  package func selecting(columns: [Int]) -> Representation {
    switch self {
    case .dense(let matrix): return .dense(matrix.selecting(columns: columns))
    case .factorized(let factors):
      return .factorized(Factorized(unchecked: factors.u, factors.v.selecting(rows: columns)))
    case .chain(let chain):
      let last = chain.factors[chain.factors.count - 1].selecting(columns: columns)
      return .chain(FactorChain(unchecked: chain.factors.dropLast() + [last]))
    case .lora(let lora):
      return .lora(
        LoRA(
          unchecked: lora.base.selecting(columns: columns),
          lora.adapters.map { $0.replacing(a: $0.a.selecting(columns: columns), b: $0.b) }))
    case .quantized(let matrix): return .quantized(matrix.selecting(columns: columns))
    case .quantizedLowRank(let factors):
      return .quantizedLowRank(
        QuantizedLowRank(unchecked: factors.u, factors.v.selecting(rows: columns)))
    }
  }
}

extension WeightMatrix {
  fileprivate func selecting(rows: [Int]) -> WeightMatrix {
    WeightMatrix(values.selecting(rows: rows), storedAs: elementType)
  }
  fileprivate func selecting(columns: [Int]) -> WeightMatrix {
    WeightMatrix(values.selecting(columns: columns), storedAs: elementType)
  }
}

extension QuantizedMatrix {
  func selecting(rows: [Int]) -> QuantizedMatrix {
    let present = (rowFactors ?? .one).codeIndices(of: rows, length: shape.rowCount)
    return QuantizedMatrix(
      unchecked: codes.selecting(rows: present), bitsPerWeight: bitsPerWeight,
      rowFactors: rowFactors?.selecting(rows), columnFactors: columnFactors,
      shape: Shape(rows.count, shape.columnCount))
  }

  func selecting(columns: [Int]) -> QuantizedMatrix {
    let present = (columnFactors ?? .one).codeIndices(of: columns, length: shape.columnCount)
    return QuantizedMatrix(
      unchecked: codes.selecting(columns: present), bitsPerWeight: bitsPerWeight,
      rowFactors: rowFactors, columnFactors: columnFactors?.selecting(columns),
      shape: Shape(shape.rowCount, columns.count))
  }
}

extension ScaleFactors {
  /// What stands for absent factors.
  static let one = ScaleFactors.scales([1], storedAs: .float32)

  /// The factors of some rows (columns); a single factor stays the factor of all.
  fileprivate func selecting(_ indices: [Int]) -> ScaleFactors {
    switch self {
    case .scales(let values, _) where values.count == 1: self
    case .scales(let values, let elementType):
      .scales(indices.map { values[$0] }, storedAs: elementType)
    case .exponents(let values): .exponents(indices.map { values[$0] })
    }
  }

  /// Where the codes of some rows (columns) of the full matrix stand; absent ones have none.
  fileprivate func codeIndices(of indices: [Int], length: Int) -> [Int] {
    var places = [Int?](repeating: nil, count: length)
    for (code, full) in presentIndices(of: length).enumerated() { places[full] = code }
    return indices.compactMap { places[$0] }
  }
}
