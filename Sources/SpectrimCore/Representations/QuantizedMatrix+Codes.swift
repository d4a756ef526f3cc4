/// The codes of a matrix as a whole, for whoever changes them and leaves their factors alone.
extension QuantizedMatrix {
  /// The factor of every row of the matrix, 0 where it is absent.
  /// - Shape: `[rows]`.
  package var rowScales: [Float] { (rowFactors ?? .one).expanded(to: shape.rowCount) }
  /// The factor of every column of the matrix, 0 where it is absent.
  /// - Shape: `[columns]`.
  package var columnScales: [Float] { (columnFactors ?? .one).expanded(to: shape.columnCount) }

  /// All codes, 0 where a row or column is absent.
  /// - Shape: `shape`.
  package var allCodes: Matrix<Int8> {
    let (rows, columns) = presentIndices
    var result = Matrix<Int8>(repeating: 0, shape)
    for (codeRow, row) in rows.enumerated() {
      for (codeColumn, column) in columns.enumerated() {
        result[row, column] = codes[codeRow, codeColumn]
      }
    }
    return result
  }

  /// The same matrix with other codes, of which those in absent rows and columns are dropped.
  /// - Shape: `shape`.
  /// - Throws: `ModelError` when a code exceeds the bits.
  package func replacing(allCodes: Matrix<Int8>) throws(ModelError) -> QuantizedMatrix {
    precondition(allCodes.shape == shape, "codes of \(allCodes.shape) for \(shape)")
    let (rows, columns) = presentIndices
    return try QuantizedMatrix(
      codes: allCodes.selecting(rows: rows).selecting(columns: columns),
      bitsPerWeight: bitsPerWeight, rowFactors: rowFactors, columnFactors: columnFactors)
  }

  private var presentIndices: (rows: [Int], columns: [Int]) {
    (
      (rowFactors ?? .one).presentIndices(of: shape.rowCount),
      (columnFactors ?? .one).presentIndices(of: shape.columnCount)
    )
  }
}
