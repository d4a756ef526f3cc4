import SpectrimCore
import SpectrimTestSupport
import Testing

@Suite struct MatrixTests {
  let matrix = Matrix<Float>(rows: [[1, 2, 3], [4, 5, 6]])

  @Test func elementsStandRowAfterRow() {
    #expect(matrix.shape == Shape(2, 3))
    #expect(matrix.elements == [1, 2, 3, 4, 5, 6])
    #expect(matrix[1, 0] == 4)
    #expect(Array(matrix.row(1)) == [4, 5, 6])
  }

  @Test func partsKeepTheirPlace() {
    #expect(matrix.rows(1..<2) == Matrix(rows: [[4, 5, 6]]))
    #expect(matrix.rows(1..<1).shape == Shape(0, 3))
    #expect(matrix.leadingColumns(2) == Matrix(rows: [[1, 2], [4, 5]]))
    #expect(matrix.leadingColumns(0).shape == Shape(2, 0))
  }

  @Test func anElementIsChangedInPlace() {
    var changed = matrix
    changed[0, 2] = 9
    #expect(changed.elements == [1, 2, 9, 4, 5, 6])
    #expect(matrix[0, 2] == 3)
  }

  @Test(arguments: [Shape(0, 0), Shape(0, 4), Shape(1, 1), Shape(1, 5), Shape(5, 1), Shape(4, 7)])
  func transposingExchangesRowsAndColumns(shape: Shape) {
    var generator = SeededGenerator(seed: 1)
    let matrix = Matrix<Float>.random(shape, &generator)
    let transposed = matrix.transposed
    #expect(transposed.shape == shape.transposed)
    for row in 0..<shape.rowCount {
      for column in 0..<shape.columnCount {
        #expect(transposed[column, row] == matrix[row, column])
      }
    }
    #expect(transposed.transposed == matrix)
  }

  @Test func oneValueFillsAMatrix() {
    #expect(Matrix<Int8>(repeating: 7, Shape(2, 2)).elements == [7, 7, 7, 7])
  }

  @Test func aStoredTypeRoundsTheValuesOfAWeight() {
    let values = Matrix<Float>(rows: [[1, 1.0001, 0.1]])
    #expect(WeightMatrix(values).values == values)
    let half = WeightMatrix(values, storedAs: .float16)
    #expect(half.values.elements == [1, 1, 0.099_975_586])
    #expect(half.byteCount == 6)
    #expect(WeightMatrix(half.values, storedAs: .float16) == half)
  }
}
