import SpectrimCore
import SpectrimSpectra
import SpectrimTestSupport
import Testing

struct TracyWidomTests {
  @Test(.needsPython)
  func quantilesAreThoseOfTheFredholmDeterminant() throws {
    let values = TracyWidom.Quantile.allCases.map { "\($0.value)" }.joined(separator: ", ")
    let answer = try Python.numbers(
      """
      # Ai(x) on a contour one unit above the real axis, where the integrand decays fast.
      t = np.arange(-8, 8, 0.04) + 1j
      weight = np.exp(1j * t ** 3 / 3) * 0.04 / (2 * np.pi)
      nodes, gauss = np.polynomial.legendre.leggauss(40)
      def share(s):
          y, root = s + (nodes + 1) * 8, np.sqrt(gauss * 8)
          airy = (np.exp(1j * np.multiply.outer((y[:, None] + y) / 2, t)) @ weight).real
          return np.linalg.det(np.eye(40) - root[:, None] * root * airy / 2)
      show([share(s) for s in (\(values))])
      """, [])
    for (quantile, share) in zip(TracyWidom.Quantile.allCases, try #require(answer.first)) {
      // Four decimals of the quantile, where the density is at most 0.02.
      #expect(abs(share - quantile.share) < 2e-6)
    }
  }

  @Test func noiseExceedsTheQuantileAsRarelyAsItSays() throws {
    let shape = Shape(40, 25)
    let margin = TracyWidom(sigma: 0.1, shape: shape)
    let edge = MarchenkoPastur(sigma: 0.1, shape: shape).edge
    let largest = try (0..<400).map {
      try spectrum(noise(shape, deviation: 0.1, seed: UInt64($0))).spectralNorm
    }
    // Expected 4 ± 2 of 400, and about a sixth beyond the edge itself.
    #expect((1...11).contains(largest.filter { $0 > margin.edge(.percent99) }.count))
    #expect((40...100).contains(largest.filter { $0 > edge }.count))
  }

  @Test(arguments: [Shape(1, 1), Shape(1, 500), Shape(500, 784), Shape(784, 500)])
  func theMarginIsPositiveForEveryShape(shape: Shape) {
    let law = TracyWidom(sigma: 1, shape: shape)
    #expect(law.margin(.percent99) > 0)
    #expect(law.margin(.percent99point9) > law.margin(.percent99))
    #expect(law.edge(.percent99) == TracyWidom(sigma: 1, shape: shape.transposed).edge(.percent99))
  }
}
