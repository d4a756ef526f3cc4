import SpectrimCore
import SpectrimLinearAlgebra
import SpectrimTestSupport
import Testing

struct SingularValueTests {
  @Test(.needsPython)
  func singularValuesAgreeWithNumpy() throws {
    let samples = SampleMatrix.all
    let answers = try Python.numbers(
      "for m in matrices: show(np.linalg.svd(m, compute_uv=False))", samples.map(\.sample))
    #expect(answers.count == samples.count)
    for (sample, expected) in zip(samples, answers) {
      let found = try SpectralDecomposition(sample.matrix).singularValues
      let exact = try LAPACKDecomposition.singularValues(of: Matrix<Double>(sample.matrix))
      #expect(found.count == expected.count, "\(sample.testDescription)")
      let largest = expected.first ?? 0
      for index in expected.indices {
        // The Gram route errs by about 1e-16 s₁² / s, LAPACK by about 1e-15 s₁.
        let share = expected[index] / max(largest, .leastNormalMagnitude)
        let tolerance =
          share > 0.03
          ? 1e-12 * expected[index] : share > 1e-6 ? 1e-14 * largest / share : 1e-13 * largest
        #expect(abs(found[index] - expected[index]) <= tolerance, "\(sample.testDescription)")
        #expect(abs(exact[index] - expected[index]) <= 1e-13 * largest)
      }
    }
  }

  @Test(.needsPython)
  func factorPairsHaveTheSpectrumOfTheirProduct() throws {
    let pairs = [(30, 20, 5), (4, 50, 7), (50, 4, 7), (6, 6, 6), (1, 1, 1), (40, 30, 1)].map {
      (normal(Shape($0.0, $0.2), seed: 4), scaled(normal(Shape($0.1, $0.2), seed: 5), by: 1e-3))
    }
    let answers = try Python.numbers(
      """
      for u, v in zip(matrices[::2], matrices[1::2]):
          show(np.linalg.svd(u @ v.T, compute_uv=False)[:u.shape[1]])
      """, pairs.flatMap { [$0.0, $0.1] }.map { ($0.rowCount, $0.columnCount, $0.elements) })
    for ((u, v), expected) in zip(pairs, answers) {
      let found = try FactorPairSpectrum.singularValues(ofProduct: u, v: v)
      try #require(found.count == expected.count)
      for (left, right) in zip(found, expected) { #expect(abs(left - right) <= 1e-13 * found[0]) }
    }
  }

  @Test func factorPairsOfRankZeroHaveNoSpectrum() throws {
    let empty = Matrix<Float>(Shape(3, 0), [])
    #expect(try FactorPairSpectrum.singularValues(ofProduct: empty, v: empty) == [])
  }

  @Test(arguments: [Shape(0, 0), Shape(0, 5), Shape(5, 0)])
  func anEmptySideHasNoSingularValues(shape: Shape) throws {
    let decomposition = try SpectralDecomposition(Matrix(shape, []))
    #expect(decomposition.singularValues == [])
    let factors = try decomposition.leadingFactors(rank: 0)
    #expect(factors.u.shape == Shape(shape.rowCount, 0))
    #expect(factors.v.shape == Shape(shape.columnCount, 0))
    #expect(try LAPACKDecomposition(Matrix(shape, [])).factors.rank == 0)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func aValueThatIsNotFiniteIsNamedBeforeLapackSeesIt(value: Float) {
    var matrix = normal(Shape(4, 3), seed: 6)
    matrix[2, 1] = value
    let expected = LinearAlgebraError.notFinite(Shape(4, 3), row: 2, column: 1)
    #expect(throws: expected) { try SpectralDecomposition(matrix) }
    #expect(throws: expected) { try LAPACKDecomposition(Matrix<Double>(matrix)) }
    #expect(throws: expected) {
      try FactorPairSpectrum.singularValues(ofProduct: matrix, v: matrix)
    }
    #expect(
      expected.description
        == "row 2, column 1 of a 4×3 matrix is not a finite number; repair or retrain the layer")
  }
}
