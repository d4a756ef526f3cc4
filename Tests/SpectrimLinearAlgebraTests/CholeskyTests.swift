import SpectrimCore
import SpectrimLinearAlgebra
import SpectrimTestSupport
import Testing

/// A positive definite matrix whose eigenvalues span three decades.
private func definite(_ side: Int, seed: UInt64) -> Matrix<Double> {
  var generator = SeededGenerator(seed: seed)
  let factor = Matrix<Double>(.random(Shape(side, side + 3), &generator))
  var product = factor.timesTransposed(factor)
  for index in 0..<side { product[index, index] += 1e-3 * Double(index + 1) }
  return product
}

private func difference(_ left: Matrix<Double>, _ right: Matrix<Double>) -> Double {
  zip(left.elements, right.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
}

@Test(arguments: [1, 2, 7, 40])
func theFactorMultipliedByItsTransposeIsTheMatrix(side: Int) throws {
  let matrix = definite(side, seed: UInt64(side))
  let factor = try CholeskyFactor(matrix)
  #expect(
    difference(factor.lower.timesTransposed(factor.lower), matrix) < 1e-12 * Double(side * 10))
  for row in 0..<side { for column in row + 1..<side { #expect(factor.lower[row, column] == 0) } }
}

@Test(arguments: [1, 2, 7, 40])
func rowsDividedByAMatrixGiveThemBackMultiplied(side: Int) throws {
  var generator = SeededGenerator(seed: 5)
  let matrix = definite(side, seed: UInt64(side))
  let rows = Matrix<Double>(.random(Shape(3, side), &generator))
  let quotient = try CholeskyFactor(matrix).dividing(rows)
  #expect(difference(quotient.times(matrix), rows) < 1e-8)
}

@Test(arguments: [1, 2, 7, 40])
func theUpperFactorOfTheInverseUndoesTheMatrix(side: Int) throws {
  let matrix = definite(side, seed: UInt64(side))
  let upper = try CholeskyFactor.inverseUpperFactor(of: matrix)
  for row in 0..<side { for column in 0..<row { #expect(upper[row, column] == 0) } }
  let identity = upper.transposedTimes(upper).times(matrix)
  for row in 0..<side {
    for column in 0..<side {
      #expect(abs(identity[row, column] - (row == column ? 1 : 0)) < 1e-8)
    }
  }
}

@Test func anIndefiniteMatrixIsRefusedWithThePlaceWhereItFails() {
  let matrix = Matrix<Double>(rows: [[1, 2], [2, 1]])
  #expect(throws: LinearAlgebraError.notPositiveDefinite(Shape(2, 2), order: 2)) {
    try CholeskyFactor(matrix)
  }
}

@Test(.needsPython, arguments: [Shape(1, 1), Shape(5, 9), Shape(9, 5), Shape(40, 40)])
func theGramSpectrumIsThatOfNumpy(shape: Shape) throws {
  var generator = SeededGenerator(seed: 8)
  let matrix = Matrix<Float>.random(shape, &generator)
  let answers = try Python.numbers(
    "show(np.linalg.svd(matrices[0], compute_uv=False))",
    [(shape.rowCount, shape.columnCount, matrix.elements)])
  let spectrum = try GramSpectrum(Matrix<Double>(matrix))
  for (found, expected) in zip(spectrum.singularValues, answers[0]) {
    #expect(abs(found - expected) < 1e-9 * answers[0][0])
  }
  // Left vectors turn the matrix into rows as long as the singular values.
  let count = shape.smallerSide
  let rows = try spectrum.leadingLeftVectors(count).times(Matrix<Double>(matrix))
  for row in 0..<count {
    let length = rows.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(length - spectrum.singularValues[row]) < 1e-7 * answers[0][0])
  }
}

@Test func secondMomentsAreSumsOfOuterProducts() {
  var generator = SeededGenerator(seed: 3)
  let rows = Matrix<Float>.random(Shape(30, 4), &generator)
  var sum = SecondMoments(width: 4)
  for start in stride(from: 0, to: 30, by: 8) {
    let block = rows.rows(start..<min(start + 8, 30))
    var gram = Matrix<Float>(repeating: 0, Shape(4, 4))
    // Buffers are longer than their rows.
    SecondMoments.addGram(of: block.elements + [1, 2, 3], count: block.rowCount, to: &gram)
    sum.add(gram)
  }
  let wide = Matrix<Double>(rows)
  let expected = wide.transposedTimes(wide)
  let found = sum.divided(by: 2)
  for index in expected.elements.indices {
    #expect(abs(found.elements[index] - expected.elements[index] / 2) < 1e-5)
  }
}
