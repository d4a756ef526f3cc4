import SpectrimCore
import Testing

@Suite struct TrimmingTests {
  private let absent = ScaleFactors.absent

  @Test func componentsThatOneFactorSwitchesOffAreDropped() throws {
    // Component 1 is 0 in U, component 2 in V; V then has nothing left in its second row.
    let u = try QuantizedMatrix(
      codes: Matrix(rows: [[1, 0, 3], [2, 0, 0]]), bitsPerWeight: 4,
      rowFactors: .exponents([-1, 2]), columnFactors: .scales([0.5, 2, 4], storedAs: .float16))
    let v = try QuantizedMatrix(
      codes: Matrix(rows: [[5, 1, 0], [0, 7, 0], [-2, 0, 0]]), bitsPerWeight: 4,
      rowFactors: .exponents([0, 1, absent, 2]))
    let whole = Representation.quantizedLowRank(try QuantizedLowRank(u: u, v: v))
    guard case .quantizedLowRank(let trimmed) = whole.trimmed else {
      Issue.record("another kind")
      return
    }
    #expect(trimmed.rank == 1)
    #expect(trimmed.u.columnFactors == .scales([0.5], storedAs: .float16))
    #expect(trimmed.v.rowFactors == .exponents([0, absent, absent, 2]))
    #expect(trimmed.v.codes == Matrix(rows: [[5], [-2]]))
    #expect(trimmed.shape == whole.shape)
    #expect(trimmed.materialized() == whole.materialized())
  }

  @Test func rowsAndColumnsOfZerosAreMarkedWhereExponentsCanSaySo() throws {
    let codes = Matrix<Int8>(rows: [[0, 0, 0], [1, 0, 2]])
    let marked = try QuantizedMatrix(
      codes: codes, bitsPerWeight: 3, rowFactors: .exponents([4, 5]),
      columnFactors: .exponents([1, 2, 3]))
    let scaled = try QuantizedMatrix(
      codes: codes, bitsPerWeight: 3, rowFactors: .scales([1, 2], storedAs: .float32))
    #expect(
      Representation.quantized(marked).trimmed
        == .quantized(
          try QuantizedMatrix(
            codes: Matrix(rows: [[1, 2]]), bitsPerWeight: 3,
            rowFactors: .exponents([absent, 5]), columnFactors: .exponents([1, absent, 3]))))
    #expect(Representation.quantized(scaled).trimmed == .quantized(scaled))
  }

  @Test func aMapOfZerosIsLeftWithoutCodes() throws {
    let zeros = Matrix<Int8>(repeating: 0, Shape(2, 3))
    let factor = try QuantizedMatrix(codes: zeros, bitsPerWeight: 8)
    let pair = Representation.quantizedLowRank(try QuantizedLowRank(u: factor, v: factor)).trimmed
    #expect(pair.rank == 0 && pair.shape == Shape(2, 2))
    #expect(pair.materialized() == Matrix(repeating: 0, Shape(2, 2)))
  }

  @Test func allCodesOfAMatrixCanBeReplaced() throws {
    let matrix = try QuantizedMatrix(
      codes: Matrix(rows: [[1, 2], [3, -3]]), bitsPerWeight: 3,
      rowFactors: .exponents([0, absent, 1]), columnFactors: .exponents([absent, 0, 1]))
    #expect(matrix.allCodes == Matrix(rows: [[0, 1, 2], [0, 0, 0], [0, 3, -3]]))
    #expect(try matrix.replacing(allCodes: matrix.allCodes) == matrix)
    #expect(matrix.rowScales == [1, 0, 2] && matrix.columnScales == [0, 1, 2])
    let others = Matrix<Int8>(rows: [[9, 3, 0], [9, 9, 9], [9, 1, 1]])
    #expect(try matrix.replacing(allCodes: others).codes == Matrix(rows: [[3, 0], [1, 1]]))
  }
}
