import SpectrimCompression
import SpectrimCore
import SpectrimLinearAlgebra
import SpectrimTestSupport
import Testing

private func random(_ rowCount: Int, _ columnCount: Int, seed: UInt64) -> Matrix<Float> {
  var generator = SeededGenerator(seed: seed)
  return .random(Shape(rowCount, columnCount), &generator)
}

private func gram(_ matrix: Matrix<Float>) -> Matrix<Double> {
  let wide = Matrix<Double>(matrix)
  return wide.timesTransposed(wide)
}

private func target(_ shape: Shape) throws -> (LayerTarget, [Matrix<Float>]) {
  let parts = [
    random(shape.rowCount, shape.columnCount, seed: 1),
    random(shape.columnCount, shape.columnCount + 5, seed: 2),
    random(shape.rowCount, shape.rowCount + 5, seed: 3),
  ]
  let zeros = Array(repeating: 0.0, count: shape.columnCount)
  let moments = SequentialMoments(
    denseMean: zeros, compressedMean: zeros, compressedCovariance: gram(parts[1]), cross: nil)
  let target = try LayerTarget(
    Matrix<Double>(parts[0]), bias: Array(repeating: 0, count: shape.rowCount), moments,
    input: try RoundingMetric(gram(parts[1]), damping: 0.01),
    output: try RoundingMetric(gram(parts[2]), damping: 0.01))
  return (target, parts)
}

@Test(.needsPython, arguments: [Shape(6, 11), Shape(11, 6), Shape(7, 7), Shape(1, 5)])
func theSpectrumInBothMetricsIsThatOfSymmetricRootsInNumpy(shape: Shape) throws {
  let (target, parts) = try target(shape)
  let program = """
    w, x, d = matrices
    def root(h):
        h = h + 0.01 * np.trace(h) / len(h) * np.eye(len(h))
        values, vectors = np.linalg.eigh(h)
        return (vectors * np.sqrt(values)) @ vectors.T
    a, b = root(d @ d.T), root(x @ x.T)
    p, s, q = np.linalg.svd(a @ w @ b, full_matrices=False)
    show(s)
    r = max(1, len(s) // 2)
    show(np.linalg.inv(a) @ p[:, :r] * s[:r] @ q[:r] @ np.linalg.inv(b))
    """
  let answers = try Python.numbers(
    program, parts.map { ($0.rowCount, $0.columnCount, $0.elements) })
  let decomposition = try TwoSidedDecomposition(target)
  for (found, expected) in zip(decomposition.singularValues, answers[0]) {
    #expect(abs(found - expected) < 1e-7 * answers[0][0])
  }
  // The best map of that rank is the projection of the weight onto the rows of the right factor, in
  // the metric of the inputs.
  let rank = max(1, shape.smallerSide / 2)
  let right = try decomposition.rightFactor(rank: rank)
  let input = try RoundingMetric(gram(parts[1]), damping: 0.01).matrix
  let weighted = right.times(input)
  let left = try CholeskyFactor(weighted.timesTransposed(right))
    .dividing(Matrix<Double>(parts[0]).timesTransposed(weighted))
  let best = left.times(right)
  for (found, expected) in zip(best.elements, answers[1]) { #expect(abs(found - expected) < 1e-6) }
}

@Test(.needsPython)
func theTargetBehindCodedLayersIsTheRidgeRegressionOfNumpy() throws {
  let (weight, dense) = (random(3, 5, seed: 4), random(5, 200, seed: 5))
  let noise = random(5, 200, seed: 6)
  let coded = Matrix<Float>(
    dense.shape, zip(dense.elements, noise.elements).map { $0 + 0.3 * $1 })
  func moments(_ left: Matrix<Float>, _ right: Matrix<Float>) -> Matrix<Double> {
    let product = Matrix<Double>(left).timesTransposed(Matrix<Double>(right))
    return Matrix<Double>(product.shape, product.elements.map { $0 / 200 })
  }
  let covariance = moments(coded, coded)
  let zeros = Array(repeating: 0.0, count: 5)
  let target = try LayerTarget(
    Matrix<Double>(weight), bias: [0, 0, 0],
    SequentialMoments(
      denseMean: zeros, compressedMean: zeros, compressedCovariance: covariance,
      cross: moments(dense, coded)),
    input: try RoundingMetric(covariance, damping: 0.02),
    output: try RoundingMetric(gram(random(3, 9, seed: 7)), damping: 0.01))
  let program = """
    w, x, y = matrices
    c, s = x @ y.T / 200, y @ y.T / 200
    ridge = 0.02 * np.trace(s) / 5
    show((w @ c + ridge * w) @ np.linalg.inv(s + ridge * np.eye(5)))
    """
  let answers = try Python.numbers(
    program, [weight, dense, coded].map { ($0.rowCount, $0.columnCount, $0.elements) })
  for (found, expected) in zip(target.weight.elements, answers[0]) {
    #expect(abs(found - expected) < 1e-10)
  }
}

@Test(arguments: [1, 2, 3, 10], [1, 2, .max])
func directionsAtTheScoresAverageToTheCentredIdentity(scoreCount: Int, limit: Int) {
  let directions = OutputDirections(scoreCount: scoreCount, limit: limit)
  let exampleCount = 4000
  var sum = Matrix<Double>(repeating: 0, Shape(scoreCount, scoreCount))
  for pass in 0..<directions.count {
    let batch = Matrix<Double>(directions.batch(pass, exampleCount: exampleCount, block: 0))
    let product = batch.transposedTimes(batch)
    for index in product.elements.indices { sum.elements[index] += product.elements[index] }
  }
  for row in 0..<scoreCount {
    for column in 0..<scoreCount {
      let identity = row == column ? 1.0 : 0
      let expected = scoreCount == 1 ? 1 : identity - 1 / Double(scoreCount)
      // Random signs: a mean of 4000 products of deviation at most 1.
      #expect(abs(sum[row, column] / Double(exampleCount) - expected) < 0.08)
    }
  }
}
