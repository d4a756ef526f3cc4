import SpectrimCore
import SpectrimLinearAlgebra
import SpectrimSpectra
import SpectrimTestSupport
import Testing

struct EmpiricalSpectrumTests {
  let threeFour = EmpiricalSpectrum(singularValues: [4, 3], shape: Shape(2, 5))

  @Test func figuresAreThoseOfTheirFormulas() {
    #expect(threeFour.energy == 25)
    #expect(threeFour.eigenvalues == [16.0 / 5, 9.0 / 5])
    #expect([0, 1, 2].map(threeFour.energyKept) == [0, 0.64, 1])
    #expect([0, 1, 2].map(threeFour.relativeError) == [1, 0.6, 0])
    #expect(threeFour.stableRank == 25.0 / 16)
    #expect(threeFour.spectralNorm == 4)
    #expect(threeFour.conditionNumber == 4.0 / 3)
    #expect([2.9, 3, 3.5, 4, 5].map(threeFour.count(above:)) == [2, 1, 1, 0, 0])
  }

  @Test func anExactTieIsReached() {
    #expect(threeFour.effectiveRank(energy: 0.64) == 1)
    #expect(threeFour.effectiveRank(energy: 0.6400001) == 2)
    #expect(threeFour.effectiveRank(energy: 1) == 2)
    #expect(threeFour.smallestRank(relativeError: 0.6) == 1)
    #expect(threeFour.smallestRank(relativeError: 0.5999999) == 2)
    #expect(threeFour.smallestRank(relativeError: 0) == 2)
    #expect(threeFour.smallestRank(relativeError: 1) == 0)
  }

  @Test(arguments: 1...10)
  func equalValuesTieAtEveryTenth(rank: Int) {
    // 0.1² is not a binary fraction, so that sums of it round.
    let equal = EmpiricalSpectrum(
      singularValues: Array(repeating: 0.1, count: 10), shape: Shape(10, 10))
    #expect(equal.effectiveRank(energy: Double(rank) / 10) == rank)
    #expect(
      equal.smallestRank(relativeError: (1 - Double(rank) / 10).squareRoot()) == rank)
  }

  @Test func aTinyTailKeepsItsDigits() {
    let spectrum = EmpiricalSpectrum(singularValues: [1, 1e-9, 1e-10], shape: Shape(3, 3))
    #expect(abs(spectrum.relativeError(rank: 2) / 1e-10 - 1) < 1e-12)
    #expect(spectrum.smallestRank(relativeError: 2e-10) == 2)
  }

  @Test(.needsPython)
  func figuresAgreeWithTheChaptersInNumpy() throws {
    let matrices = [Shape(40, 60), Shape(60, 40), Shape(10, 300), Shape(1, 9), Shape(25, 25)]
      .map { noise($0, deviation: 0.02, seed: 3) }
    let answers = try Python.numbers(
      """
      for w in matrices:
          s = np.linalg.svd(w, compute_uv=False)
          cumsum = np.cumsum(s ** 2) / np.sum(s ** 2)
          ranks = [min(np.searchsorted(cumsum, t) + 1, len(s)) for t in (0.5, 0.9, 0.95, 0.99)]
          error = [np.linalg.norm(s[r:]) / np.linalg.norm(s) for r in range(1, len(s) + 1)]
          within = next(i + 1 for i, e in enumerate(error) if e <= 0.3)
          show(ranks + [within, np.linalg.cond(w), np.linalg.norm(w, 2),
                        np.mean(np.abs(w.astype(np.float32)) < np.float32(0.01))])
      """, matrices.map(\.sample))
    try #require(answers.count == matrices.count)
    for (matrix, answer) in zip(matrices, answers) {
      let spectrum = try spectrum(matrix)
      let ranks = [0.5, 0.9, 0.95, 0.99].map { Double(spectrum.effectiveRank(energy: $0)) }
      #expect(ranks == Array(answer[0..<4]))
      #expect(Double(spectrum.smallestRank(relativeError: 0.3)) == answer[4])
      // The smallest value of the square matrix is about 0.01 s₁, so it errs by 1e-12 of itself.
      #expect(abs(try #require(spectrum.conditionNumber) / answer[5] - 1) < 1e-10)
      #expect(abs(spectrum.spectralNorm / answer[6] - 1) < 1e-12)
      #expect(matrix.sparsity() == answer[7])
    }
  }

  @Test func theConditionNumberIsAbsentWithAReason() {
    func reason(_ values: [Double], _ shape: Shape) -> String? {
      let spectrum = EmpiricalSpectrum(singularValues: values, shape: shape)
      #expect(spectrum.conditionNumber == nil)
      return spectrum.condition.reason
    }
    #expect(
      reason([1, 0.9e-12], Shape(2, 2))
        == "the smallest singular value is below 1e-12 of the largest")
    #expect(reason([0, 0], Shape(2, 2)) == "the matrix is zero")
    #expect(reason([], Shape(0, 2)) == "the matrix is empty")
    #expect(
      EmpiricalSpectrum(singularValues: [1, 1.1e-12], shape: Shape(2, 2)).conditionNumber != nil)
  }

  @Test func missingValuesOfAFactorPairAreZero() {
    let spectrum = EmpiricalSpectrum(singularValues: [2, 1], shape: Shape(3, 4))
    #expect(spectrum.singularValues == [2, 1, 0])
    #expect(spectrum.effectiveRank(energy: 1) == 2)
    #expect(spectrum.smallestRank(relativeError: 0) == 2)
    #expect(spectrum.conditionNumber == nil)
  }

  @Test func aZeroMatrixHasNoEnergyAndLosesNone() {
    let spectrum = EmpiricalSpectrum(singularValues: [0, 0], shape: Shape(2, 3))
    #expect(spectrum.effectiveRank() == 0 && spectrum.stableRank == 0)
    #expect(spectrum.energyKept(rank: 0) == 1 && spectrum.relativeError(rank: 0) == 0)
  }

  @Test func anEntryAtTheThresholdIsNotSparse() {
    let matrix = Matrix<Float>(rows: [[0.01, -0.01, 0.0099, -0.0099]])
    #expect(matrix.sparsity() == 0.5)
    #expect(Matrix<Float>(Shape(0, 3), []).sparsity() == 0)
  }
}
