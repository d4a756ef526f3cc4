import Foundation
import SpectrimCore
import SpectrimSpectra
import SpectrimTestSupport
import Testing

struct MarchenkoPasturTests {
  static let ratios = [0.01, 0.3, 0.8, 1, 1.6, 30]

  @Test(arguments: ratios, [0.02, 1.5])
  func densityIntegratesToAllButTheAtom(ratio: Double, sigma: Double) {
    let law = MarchenkoPastur(sigma: sigma, ratio: ratio)
    let middle = (law.lambdaPlus + law.lambdaMinus) / 2
    let half = (law.lambdaPlus - law.lambdaMinus) / 2
    let count = 20_000
    // Over the angle of x = middle − half·cos θ the integrand has no pole at either edge.
    let integral = (0..<count).reduce(0.0) { sum, index in
      let angle = (Double(index) + 0.5) * .pi / Double(count)
      return sum + law.density(at: middle - half * cos(angle)) * half * sin(angle)
    }
    #expect(abs(integral * .pi / Double(count) - (1 - law.atomAtZero)) < 1e-6)
    #expect(law.atomAtZero == max(0, 1 - 1 / ratio))
  }

  @Test func edgesAreThoseOfTheFormula() {
    let law = MarchenkoPastur(sigma: 0.5, shape: Shape(100, 400))
    #expect(law.aspectRatio == 4)
    #expect(law.lambdaMinus == 0.25 * 0.25)
    #expect(law.lambdaPlus == 0.25 * 2.25)
    #expect(law.edge == 0.5 * (20 + 10))
    #expect(law.density(at: law.lambdaPlus * 1.001) == 0)
    #expect(law.density(at: law.lambdaMinus * 0.999) == 0)
    #expect(law == MarchenkoPastur(sigma: 0.5, shape: Shape(400, 100)))
  }

  @Test(arguments: [(500, 784, 2.252), (300, 500, 2.291), (10, 300, 6.477)])
  func theNotebookCutsAtOnePlusTheRootOfInOverOut(rows: Int, columns: Int, edge: Double) throws {
    let spectrum = EmpiricalSpectrum(singularValues: [7, 2.28, 1], shape: Shape(rows, columns))
    let estimate = try #require(NoiseEstimator.estimate(.notebook, spectrum: spectrum))
    #expect(abs(estimate.sigma * estimate.sigma - 1 / Double(rows)) < 1e-15)
    let cut = NoiseCut(estimate, spectrum: spectrum)
    #expect(abs(cut.law.edge - (1 + (Double(columns) / Double(rows)).squareRoot())) < 1e-12)
    #expect(abs(cut.law.edge - edge) < 5e-4)
    #expect(cut.law.normalization == Double(rows))
    #expect(cut.spikes == (rows == 500 ? 2 : 1))
  }

  @Test(.needsPython)
  func cumulativeAndMedianAgreeWithAnIntegralInNumpy() throws {
    let answers = try Python.numbers(
      """
      for c in (\(Self.ratios.map { "\($0)" }.joined(separator: ", "))):
          low, high = (1 - c ** 0.5) ** 2, (1 + c ** 0.5) ** 2
          t = (np.arange(400000) + 0.5) * np.pi / 400000
          x = (low + high) / 2 - (high - low) / 2 * np.cos(t)
          rho = np.sqrt((high - x) * (x - low)) / (2 * np.pi * c * x)
          share = max(0, 1 - 1 / c) + np.cumsum(rho * (high - low) / 2 * np.sin(t)) * np.pi / 400000
          at = x + (high - low) / 2 * np.sin(t) * np.pi / 800000
          show([at[40000], share[40000], at[250000], share[250000],
                np.interp(0.5, share, at) if c < 2 else 0])
      """, [])
    try #require(answers.count == Self.ratios.count)
    for (ratio, answer) in zip(Self.ratios, answers) {
      let law = MarchenkoPastur(sigma: 1, ratio: ratio)
      // The midpoint sums err by the square of their step.
      #expect(abs(law.cumulative(answer[0]) - answer[1]) < 1e-9)
      #expect(abs(law.cumulative(answer[2]) - answer[3]) < 1e-9)
      #expect(abs(law.median - answer[4]) < 1e-8 * law.lambdaPlus)
    }
  }

  @Test func cumulativeIsZeroBeforeAndOneBeyondTheLaw() {
    for ratio in Self.ratios {
      let law = MarchenkoPastur(sigma: 2, ratio: ratio)
      #expect(law.cumulative(-1) == 0)
      #expect(law.cumulative(law.lambdaPlus) == 1)
      #expect(abs(law.cumulative(law.lambdaPlus * (1 - 1e-12)) - 1) < 1e-9)
      #expect(abs(law.cumulative(law.lambdaMinus * (1 + 1e-9)) - law.atomAtZero) < 1e-4)
    }
  }

  @Test func aLawWithoutNoiseIsAPointAtZero() {
    let law = MarchenkoPastur(sigma: 0, ratio: 0.5)
    #expect(law.edge == 0 && law.atomAtZero == 1 && law.cumulative(0) == 1 && law.median == 0)
    #expect(law.density(at: 0) == 0)
  }
}
