import SpectrimCore
import SpectrimSpectra
import Testing

struct ShuffledControlTests {
  @Test func shufflingLeavesNoSpike() throws {
    let matrix = try spiked(Shape(80, 120), deviation: 0.05, strengths: [4, 3], seed: 9)
    let spectrum = try spectrum(matrix)
    let control = try ShuffledControl(matrix, seed: 1)
    // All energy is noise now, and noise of that energy ends at its edge.
    let sigma = (spectrum.energy / Double(matrix.shape.elementCount)).squareRoot()
    let edge = MarchenkoPastur(sigma: sigma, shape: matrix.shape).edge
    #expect(spectrum.spectralNorm > 2 * edge)
    #expect(abs(control.largestSingularValue / edge - 1) < 0.1)
  }

  @Test func aSeedFixesTheControl() throws {
    let matrix = noise(Shape(20, 30), deviation: 1, seed: 10)
    let control = try ShuffledControl(matrix, seed: 7)
    #expect(try ShuffledControl(matrix, seed: 7) == control)
    #expect(
      try ShuffledControl(matrix, seed: 8).largestSingularValue != control.largestSingularValue)
  }

  @Test func aSingleColumnKeepsItsNorm() throws {
    let matrix = noise(Shape(50, 1), deviation: 1, seed: 11)
    let norm = try spectrum(matrix).spectralNorm
    #expect(abs(try ShuffledControl(matrix, seed: 1).largestSingularValue - norm) < 1e-12)
    #expect(try ShuffledControl(Matrix(Shape(0, 4), []), seed: 1).largestSingularValue == 0)
  }
}
