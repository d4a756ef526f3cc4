/// Codes that say nothing, left out: the map stays the same.
extension Representation {
  /// The same map without the components of a quantized pair that a factor of zeros switches off,
  /// and with rows and columns of zeros marked absent where exponents can say so.
  package var trimmed: Representation {
    switch self {
    case .dense, .factorized, .chain, .lora: self
    case .quantized(let matrix): .quantized(matrix.trimmed)
    case .quantizedLowRank(let factors): .quantizedLowRank(factors.trimmed)
    }
  }
}

extension QuantizedLowRank {
  fileprivate var trimmed: QuantizedLowRank {
    let (uCodes, vCodes) = (u.allCodes, v.allCodes)
    let used = (0..<uCodes.columnCount).filter { uCodes.hasColumn($0) && vCodes.hasColumn($0) }
    // Only now are the rows looked at: a dropped component may have been all that one had.
    return QuantizedLowRank(
      unchecked: u.selecting(columns: used).trimmed, v.selecting(columns: used).trimmed)
  }
}

extension QuantizedMatrix {
  fileprivate var trimmed: QuantizedMatrix {
    let all = allCodes
    let rows = rowFactors?.absent { !all.hasRow($0) }
    let columns = columnFactors?.absent { !all.hasColumn($0) }
    let keptRows = (rows ?? .one).presentIndices(of: shape.rowCount)
    let keptColumns = (columns ?? .one).presentIndices(of: shape.columnCount)
    return QuantizedMatrix(
      unchecked: all.selecting(rows: keptRows).selecting(columns: keptColumns),
      bitsPerWeight: bitsPerWeight, rowFactors: rows, columnFactors: columns, shape: shape)
  }
}

extension ScaleFactors {
  /// The factors with those marked absent that a test names; scales have no mark.
  fileprivate func absent(where isAbsent: (Int) -> Bool) -> ScaleFactors {
    guard case .exponents(let values) = self else { return self }
    return .exponents(values.indices.map { isAbsent($0) ? Self.absent : values[$0] })
  }
}

extension Matrix<Int8> {
  fileprivate func hasRow(_ index: Int) -> Bool { row(index).contains { $0 != 0 } }
  fileprivate func hasColumn(_ index: Int) -> Bool {
    (0..<rowCount).contains { self[$0, index] != 0 }
  }
}
