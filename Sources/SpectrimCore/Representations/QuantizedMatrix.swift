/// Integer codes with scales: `value[i, j] = codes[i, j] · row factor[i] · column factor[j]`.
public struct QuantizedMatrix: LinearMap, Equatable {
  /// The codes of the rows and columns that are present, within `±(2^(bits − 1) − 1)`.
  /// - Shape: `[present rows, present columns]`.
  public let codes: Matrix<Int8>
  /// Bits that one code needs, 2…8; on disk a code is one byte all the same.
  public let bitsPerWeight: Int
  /// Factors along the rows; `nil` means 1.
  public let rowFactors: ScaleFactors?
  /// Factors along the columns; `nil` means 1.
  public let columnFactors: ScaleFactors?
  /// Rows and columns of the full matrix, absent ones included.
  public let shape: Shape

  /// The largest code of a bit width: 127 for 8 bits, 1 for 2 bits.
  public static func largestCode(bitsPerWeight: Int) -> Int8 { Int8(1 << (bitsPerWeight - 1) - 1) }

  /// Joins codes and factors.
  /// - Throws: `ModelError` when the bits are outside 2…8, a code exceeds them, or the count of the
  ///   factors fits neither the codes nor the whole matrix.
  public init(
    codes: Matrix<Int8>, bitsPerWeight: Int,
    rowFactors: ScaleFactors? = nil, columnFactors: ScaleFactors? = nil
  ) throws(ModelError) {
    guard (2...8).contains(bitsPerWeight) else {
      throw .invalid("\(bitsPerWeight) bits per code; expected 2 to 8")
    }
    let limit = Self.largestCode(bitsPerWeight: bitsPerWeight)
    if let worst = codes.elements.first(where: { $0 > limit || $0 < -limit }) {
      throw .invalid("code \(worst) outside ±\(limit), the range of \(bitsPerWeight) bits")
    }
    self.shape = Shape(
      try Self.fullLength(of: codes.rowCount, rowFactors, axis: "row"),
      try Self.fullLength(of: codes.columnCount, columnFactors, axis: "column"))
    self.codes = codes
    self.bitsPerWeight = bitsPerWeight
    self.rowFactors = rowFactors
    self.columnFactors = columnFactors
  }

  /// Joins parts that are known to fit.
  init(
    unchecked codes: Matrix<Int8>, bitsPerWeight: Int, rowFactors: ScaleFactors?,
    columnFactors: ScaleFactors?, shape: Shape
  ) {
    self.codes = codes
    self.bitsPerWeight = bitsPerWeight
    self.rowFactors = rowFactors
    self.columnFactors = columnFactors
    self.shape = shape
  }

  private static func fullLength(
    of present: Int, _ factors: ScaleFactors?, axis: String
  ) throws(ModelError) -> Int {
    guard let factors else { return present }
    let fits =
      switch factors {
      case .scales(let values, _): values.count == present || values.count == 1
      case .exponents: factors.presentIndices(of: 0).count == present
      }
    guard fits else {
      throw .invalid("\(factors.count) \(axis) factors for codes with \(present) \(axis)s")
    }
    if case .exponents(let values) = factors { return values.count }
    return present
  }

  /// Not factorized.
  public var rank: Int? { nil }
  /// One weight per code that is present.
  public var parameterCount: Int { codes.shape.elementCount }
  /// Stored bytes before lossless coding.
  public var byteCount: Int {
    parameterCount + (rowFactors?.byteCount ?? 0) + (columnFactors?.byteCount ?? 0)
  }
  /// One multiplication per stored weight.
  public var multiplyAccumulateCount: Int { parameterCount }

  /// `X Ŵᵀ` with the values that the codes stand for.
  public func apply(to batch: Matrix<Float>) -> Matrix<Float> {
    batch.multipliedByTransposed(materialized())
  }

  /// The values that the codes stand for, 0 where a row or column is absent.
  public func materialized() -> Matrix<Float> {
    let one = ScaleFactors.scales([1], storedAs: .float32)
    let (rowFactors, columnFactors) = (rowFactors ?? one, columnFactors ?? one)
    let rowScales = rowFactors.expanded(to: shape.rowCount)
    let columnScales = columnFactors.expanded(to: shape.columnCount)
    let columns = columnFactors.presentIndices(of: shape.columnCount)
    var result = Matrix<Float>(repeating: 0, shape)
    for (codeRow, row) in rowFactors.presentIndices(of: shape.rowCount).enumerated() {
      for (codeColumn, column) in columns.enumerated() {
        let code = codes.elements[codeRow * codes.columnCount + codeColumn]
        result.elements[row * shape.columnCount + column] =
          Float(code) * rowScales[row] * columnScales[column]
      }
    }
    return result
  }
}
