import SpectrimCore
import SpectrimSpectra
import Testing

/// The two checks of the course's notebook: pure noise, and noise with five spikes.
struct NotebookTests {
  static let shape = Shape(1000, 800)
  static let deviation = 1 / 1000.0.squareRoot()

  @Test(arguments: 0..<20)
  func pureNoiseStaysWithinTheWidenedEdges(seed: UInt64) throws {
    let values = try spectrum(noise(Self.shape, deviation: Self.deviation, seed: seed)).eigenvalues
    let law = MarchenkoPastur(sigma: Self.deviation, shape: Self.shape)
    let margin = TracyWidom(sigma: Self.deviation, shape: Self.shape).margin(.percent99point9)
    #expect(values[0] < law.lambdaPlus + margin)
    #expect(values[values.count - 1] > law.lambdaMinus - margin)
    // The bulk fills the law: its ends lie near the edges, the lower one within about 6 ± 6 %.
    #expect(values[0] > law.lambdaPlus * 0.97)
    #expect(values[values.count - 1] < law.lambdaMinus * 1.4)
  }

  @Test(arguments: 1...4)
  func allFiveSpikesAreFound(seed: UInt64) throws {
    let matrix = try spiked(
      Self.shape, deviation: Self.deviation, strengths: [70, 60, 50, 40, 30], seed: seed)
    let spectrum = try spectrum(matrix)
    for method in [NoiseMethod.notebook, .given, .bulk, .median] {
      let report = try #require(
        MarchenkoPasturReport(spectrum, method: method, given: Self.deviation))
      #expect(abs(report.cut.noise.sigma / Self.deviation - 1) < 0.01, "\(method)")
      // One noise matrix in six has a value just above the asymptotic edge; it is within the
      // margin for finite sizes, the five spikes are far beyond.
      #expect((5...6).contains(report.cut.spikes), "\(method)")
      #expect(report.spikesBeyondTracyWidom == 5, "\(method)")
    }
    #expect(spectrum.singularValues[4] > 29)
    #expect(
      spectrum.singularValues[5]
        < TracyWidom(sigma: Self.deviation, shape: Self.shape).edge(.percent99point9))
  }

  @Test func withoutAnOutlierOfTheNoiseExactlyFiveLieAboveTheEdge() throws {
    let matrix = try spiked(
      Self.shape, deviation: Self.deviation, strengths: [70, 60, 50, 40, 30], seed: 2)
    let spectrum = try spectrum(matrix)
    let noise = try #require(NoiseEstimator.estimate(.notebook, spectrum: spectrum))
    #expect(NoiseCut(noise, spectrum: spectrum).spikes == 5)
  }
}
