import SpectrimCore
import SpectrimLinearAlgebra
import Testing

struct SingularVectorTests {
  /// Every rank of small matrices, and a few of large ones.
  private func ranks(_ shape: Shape) -> [Int] {
    let full = shape.smallerSide
    return full <= 12 ? Array(0...full) : [0, 1, 2, full / 2, full - 1, full]
  }

  @Test(arguments: SampleMatrix.all)
  func leadingVectorsAreOrthonormal(sample: SampleMatrix) throws {
    let decomposition = try SpectralDecomposition(sample.matrix)
    for rank in ranks(sample.matrix.shape) {
      let factors = try decomposition.leadingFactors(rank: rank)
      #expect(factors.u.shape == Shape(sample.matrix.rowCount, rank))
      #expect(factors.v.shape == Shape(sample.matrix.columnCount, rank))
      #expect(deviationFromOrthonormal(factors.u) < 1e-10)
      #expect(deviationFromOrthonormal(factors.v) < 1e-10)
    }
  }

  @Test(arguments: SampleMatrix.all)
  func leadingFactorsLeaveExactlyTheTail(sample: SampleMatrix) throws {
    let decomposition = try SpectralDecomposition(sample.matrix)
    let values = decomposition.singularValues
    let matrix = Matrix<Double>(sample.matrix)
    for rank in ranks(sample.matrix.shape) {
      let product = reconstruction(try decomposition.leadingFactors(rank: rank))
      let residual = zip(matrix.elements, product.elements).reduce(0) {
        $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
      }
      let tail = values.dropFirst(rank).reduce(0) { $0 + $1 * $1 }
      // Rounding of the product moves every entry by about 1e-16 s₁.
      #expect(abs(residual.squareRoot() - tail.squareRoot()) <= 1e-12 * values[0])
    }
  }

  @Test func theGramRouteAndLapackGiveTheSameFactors() throws {
    let matrix = normal(Shape(70, 50), seed: 11)
    let gram = try SpectralDecomposition(matrix).leadingFactors(rank: 6)
    let exact = try LAPACKDecomposition(Matrix<Double>(matrix)).factors.leading(6)
    // A vector errs by 1e-16 s₁ over its gap to the next value, here about a hundredth of s₁.
    for (left, right) in zip(gram.u.elements + gram.v.elements, exact.u.elements + exact.v.elements)
    {
      #expect(abs(left - right) < 1e-11)
    }
  }

  @Test(arguments: SampleMatrix.all)
  func theLargestComponentOfEveryLeftVectorIsPositive(sample: SampleMatrix) throws {
    let u = try SpectralDecomposition(sample.matrix)
      .leadingFactors(rank: sample.matrix.shape.smallerSide).u.transposed
    for index in 0..<u.rowCount {
      let vector = u.row(index)
      #expect((vector.max() ?? 0) >= -(vector.min() ?? 0))
    }
  }

  @Test func symmetricEigenvectorsRebuildTheirMatrix() throws {
    let factor = Matrix<Double>(normal(Shape(12, 12), seed: 12))
    let matrix = Matrix(
      factor.shape, zip(factor.elements, factor.transposed.elements).map { $0 + $1 })
    let eigen = try SymmetricEigen(matrix)
    #expect(eigen.values == eigen.values.sorted())
    #expect(deviationFromOrthonormal(eigen.vectors) < 1e-13)
    let product = eigen.vectors.times(diagonal(eigen.values)).timesTransposed(eigen.vectors)
    for (left, right) in zip(product.elements, matrix.elements) {
      #expect(abs(left - right) < 1e-13)
    }
  }

  @Test func theEmptyAndTheSingleSymmetricMatrixHaveEigenvalues() throws {
    #expect(try SymmetricEigen(Matrix(Shape(0, 0), [])).values == [])
    #expect(try SymmetricEigen(Matrix(rows: [[-3]])).values == [-3])
  }
}

/// The largest `|QᵀQ − I|`.
private func deviationFromOrthonormal(_ matrix: Matrix<Double>) -> Double {
  let gram = matrix.transposedTimes(matrix)
  var largest = 0.0
  for row in 0..<gram.rowCount {
    for column in 0..<gram.columnCount {
      largest = max(largest, abs(gram[row, column] - (row == column ? 1 : 0)))
    }
  }
  return largest
}

private func diagonal(_ values: [Double]) -> Matrix<Double> {
  var matrix = Matrix(repeating: 0.0, Shape(values.count, values.count))
  for (index, value) in values.enumerated() { matrix[index, index] = value }
  return matrix
}

private func reconstruction(_ factors: LeadingFactors) -> Matrix<Double> {
  factors.u.times(diagonal(factors.singularValues)).timesTransposed(factors.v)
}
