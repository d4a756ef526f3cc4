import SpectrimCore
import Testing

@Suite struct QuantizedMatrixTests {
  let codes = Matrix<Int8>(rows: [[1, -2, 3], [4, 5, -6]])

  @Test func codesWithoutFactorsAreTheValues() throws {
    let matrix = try QuantizedMatrix(codes: codes, bitsPerWeight: 4)
    #expect(matrix.materialized() == Matrix(rows: [[1, -2, 3], [4, 5, -6]]))
    #expect(matrix.byteCount == 6)
  }

  @Test func oneScaleServesTheWholeMatrix() throws {
    let matrix = try QuantizedMatrix(
      codes: codes, bitsPerWeight: 4, rowFactors: .scales([0.5], storedAs: .float16))
    #expect(matrix.materialized() == Matrix(rows: [[0.5, -1, 1.5], [2, 2.5, -3]]))
    #expect(matrix.byteCount == 6 + 2)
  }

  @Test func scalesMultiplyRowsAndColumns() throws {
    let matrix = try QuantizedMatrix(
      codes: codes, bitsPerWeight: 8, rowFactors: .scales([2, 0.5], storedAs: .float32),
      columnFactors: .exponents([0, 1, -1]))
    #expect(matrix.materialized() == Matrix(rows: [[2, -8, 3], [2, 5, -1.5]]))
    #expect(matrix.byteCount == 6 + 8 + 3)
  }

  @Test func theSentinelExponentMarksZeroRowsAndColumnsWithoutCodes() throws {
    let absent = ScaleFactors.absent
    let matrix = try QuantizedMatrix(
      codes: codes, bitsPerWeight: 8, rowFactors: .exponents([absent, 0, absent, 1]),
      columnFactors: .exponents([0, absent, -1, 1]))
    #expect(absent == -128)
    #expect(matrix.shape == Shape(4, 4))
    #expect(
      matrix.materialized()
        == Matrix(rows: [[0, 0, 0, 0], [1, 0, -1, 6], [0, 0, 0, 0], [8, 0, 5, -24]]))
    #expect(matrix.parameterCount == 6)
    #expect(matrix.multiplyAccumulateCount == 6)
    #expect(matrix.byteCount == 6 + 4 + 4)
  }

  @Test func theSmallestRealExponentIsNotTheSentinel() throws {
    let matrix = try QuantizedMatrix(
      codes: Matrix(rows: [[3]]), bitsPerWeight: 8, rowFactors: .exponents([-127]))
    #expect(matrix.materialized().elements == [0x3p-127])
  }

  @Test func aMatrixMayLackAllItsRows() throws {
    let matrix = try QuantizedMatrix(
      codes: Matrix(Shape(0, 2), []), bitsPerWeight: 8,
      rowFactors: .exponents([ScaleFactors.absent, ScaleFactors.absent]))
    #expect(matrix.materialized() == Matrix(repeating: 0, Shape(2, 2)))
  }

  @Test(arguments: [(2, 1), (3, 3), (4, 7), (8, 127)])
  func codesStayWithinTheirBits(bitsPerWeight: Int, largest: Int8) throws {
    #expect(QuantizedMatrix.largestCode(bitsPerWeight: bitsPerWeight) == largest)
    let fitting = Matrix(rows: [[largest, -largest]])
    #expect(
      try QuantizedMatrix(codes: fitting, bitsPerWeight: bitsPerWeight).shape == Shape(1, 2))
    let low = -largest - 1
    #expect(
      throws: ModelError.invalid(
        "code \(low) outside ±\(largest), the range of \(bitsPerWeight) bits")
    ) { try QuantizedMatrix(codes: Matrix(rows: [[0, low]]), bitsPerWeight: bitsPerWeight) }
  }

  @Test(arguments: [-1, 0, 1, 9])
  func codesHaveTwoToEightBits(bitsPerWeight: Int) {
    #expect(throws: ModelError.invalid("\(bitsPerWeight) bits per code; expected 2 to 8")) {
      try QuantizedMatrix(codes: codes, bitsPerWeight: bitsPerWeight)
    }
  }

  @Test(arguments: [
    ScaleFactors.scales([1, 2, 3, 4], storedAs: .float32), .scales([], storedAs: .float32),
    .exponents([0]), .exponents([0, 0, 0, 0]), .exponents([0, ScaleFactors.absent, 0]),
  ])
  func factorsFitTheCodes(factors: ScaleFactors) {
    let present = Matrix<Int8>(repeating: 0, Shape(5, 5))
    #expect(throws: ModelError.invalid("\(factors.count) row factors for codes with 5 rows")) {
      try QuantizedMatrix(codes: present, bitsPerWeight: 8, rowFactors: factors)
    }
    #expect(
      throws: ModelError.invalid("\(factors.count) column factors for codes with 5 columns")
    ) { try QuantizedMatrix(codes: present, bitsPerWeight: 8, columnFactors: factors) }
  }
}
