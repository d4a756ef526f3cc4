import SpectrimCore
import SpectrimSpectra
import SpectrimTestSupport
import Testing

struct NoiseEstimatorTests {
  @Test(arguments: [Shape(500, 784), Shape(300, 100), Shape(60, 300)])
  func bulkAndMedianRecoverTheNoiseUnderSpikes(shape: Shape) throws {
    let matrix = try spiked(shape, deviation: 0.02, strengths: [5, 4, 3, 2], seed: 5)
    let spectrum = try spectrum(matrix)
    let bulk = try #require(NoiseEstimator.estimate(.bulk, spectrum: spectrum))
    let median = try #require(NoiseEstimator.estimate(.median, spectrum: spectrum))
    // The residual counts 18 000 entries or more; a median moves with the spacing of its values.
    #expect(abs(bulk.sigma / 0.02 - 1) < 0.01)
    #expect(abs(median.sigma / 0.02 - 1) < 0.02)
    #expect(NoiseCut(bulk, spectrum: spectrum).spikes == 4)
  }

  @Test(.needsPython)
  func bulkAndMedianAgreeWithNumpy() throws {
    let matrices = try [Shape(80, 120), Shape(121, 60), Shape(30, 30), Shape(10, 300), Shape(1, 5)]
      .map { try spiked($0, deviation: 0.1, strengths: [3], seed: 6) }
    let answers = try Python.numbers(
      """
      for w in matrices:
          s = np.linalg.svd(w, compute_uv=False)
          (m, n), k = w.shape, 0
          while True:
              sigma = np.sqrt(np.sum(s[k:] ** 2) / ((m - k) * (n - k)))
              found = int(np.sum(s > sigma * (np.sqrt(m) + np.sqrt(n))))
              if found <= k: break
              k = found
          c = min(m, n) / max(m, n)
          t = (np.arange(200000) + 0.5) * np.pi / 200000
          x = 1 + c - 2 * np.sqrt(c) * np.cos(t)
          share = np.cumsum(2 / np.pi * np.sin(t) ** 2 / x) * np.pi / 200000
          at = 1 + c - 2 * np.sqrt(c) * np.cos(t + np.pi / 400000)
          show([sigma, np.median(s) / np.sqrt(max(m, n) * np.interp(0.5, share, at))])
      """, matrices.map(\.sample))
    try #require(answers.count == matrices.count)
    for (matrix, answer) in zip(matrices, answers) {
      let spectrum = try spectrum(matrix)
      let bulk = try #require(NoiseEstimator.estimate(.bulk, spectrum: spectrum))
      let median = try #require(NoiseEstimator.estimate(.median, spectrum: spectrum))
      #expect(abs(bulk.sigma / answer[0] - 1) < 1e-10)
      #expect(abs(median.sigma / answer[1] - 1) < 1e-8)
    }
  }

  @Test(arguments: Initializer.allCases)
  func anInitializerGivesItsOwnDeviation(initializer: Initializer) throws {
    let spectrum = EmpiricalSpectrum(singularValues: [1], shape: Shape(50, 200))
    let estimate = try #require(
      NoiseEstimator.estimate(.initialization, spectrum: spectrum, initializer: initializer))
    let variance = initializer.variance(inputCount: 200, outputCount: 50)
    #expect(estimate.sigma == variance.squareRoot())
  }

  @Test func aMethodThatDoesNotApplyGivesNothing() {
    let spectrum = EmpiricalSpectrum(singularValues: [1], shape: Shape(5, 2))
    let empty = EmpiricalSpectrum(singularValues: [], shape: Shape(0, 2))
    #expect(NoiseEstimator.estimate(.initialization, spectrum: spectrum) == nil)
    #expect(NoiseEstimator.estimate(.given, spectrum: spectrum) == nil)
    #expect(MarchenkoPasturReport(spectrum, method: .given) == nil)
    for method in NoiseMethod.allCases {
      #expect(
        NoiseEstimator.estimate(method, spectrum: empty, initializer: .glorot, given: 1) == nil)
    }
  }

  @Test(arguments: [
    [0, 0, 0], [1, 0, 0], [1, 1, 1], [1e9, 1, 1e-9], [3, 2, 1], [1e-200, 0, 0], [1],
  ])
  func theBulkEndsOnEverySpectrum(values: [Double]) throws {
    for shape in [Shape(3, 3), Shape(3, 1000), Shape(1000, 3)] {
      let spectrum = EmpiricalSpectrum(singularValues: values, shape: shape)
      let estimate = try #require(NoiseEstimator.estimate(.bulk, spectrum: spectrum))
      #expect(estimate.sigma >= 0 && estimate.sigma.isFinite)
    }
  }

  @Test func theReportPrefersTheInitializerAndListsTheOthers() throws {
    let spectrum = try spectrum(
      spiked(Shape(80, 120), deviation: 0.05, strengths: [4, 3], seed: 8))
    let known = try #require(MarchenkoPasturReport(spectrum, initializer: .pytorch))
    #expect(known.cut.noise.method == .initialization)
    #expect(known.alternatives.map(\.noise.method) == [.bulk, .median, .notebook])
    #expect(known.tracyWidom.edge(.percent99) > known.cut.law.edge)
    let unknown = try #require(MarchenkoPasturReport(spectrum, given: 0.05))
    #expect(unknown.cut.noise.method == .bulk)
    #expect(unknown.alternatives.map(\.noise.method) == [.median, .notebook, .given])
    #expect(unknown.cut.spikes == 2 && unknown.spikesBeyondTracyWidom == 2)
  }
}
