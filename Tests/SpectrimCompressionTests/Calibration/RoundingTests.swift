import Foundation
import SpectrimCompression
import SpectrimCore
import SpectrimLinearAlgebra
import SpectrimTestSupport
import Testing

/// A metric with strong correlations, as covariances of images have.
private func metric(_ side: Int, seed: UInt64) throws -> RoundingMetric {
  var generator = SeededGenerator(seed: seed)
  let factor = Matrix<Double>(.random(Shape(side, max(2, side / 3)), &generator))
  return try RoundingMetric(factor.timesTransposed(factor), damping: 0.01)
}

private func sample(_ shape: Shape, seed: UInt64 = 1) -> Matrix<Double> {
  var generator = SeededGenerator(seed: seed)
  return Matrix<Double>(.random(shape, &generator))
}

/// `tr(E H Eᵀ)`.
private func cost(
  _ error: Matrix<Double>, _ metric: RoundingMetric, _ output: RoundingMetric? = nil
) -> Double {
  let weighted = error.times(metric.matrix)
  let left = output.map { $0.matrix.times(error) } ?? error
  return zip(weighted.elements, left.elements).reduce(0) { $0 + $1.0 * $1.1 }
}

private func difference(_ left: Matrix<Double>, _ right: Matrix<Double>) -> Matrix<Double> {
  Matrix<Double>(left.shape, zip(left.elements, right.elements).map { $0 - $1 })
}

private func plain(_ feedsBack: Bool, rateWeight: Double = 0) -> ErrorFeedback.Options {
  ErrorFeedback.Options(feedsBack: feedsBack, rateWeight: rateWeight)
}

@Test(.needsPython)
func codesAreThoseOfTheFeedbackLoopInNumpy() throws {
  let (rows, side) = (5, 24)
  let values = sample(Shape(rows, side))
  let metric = try metric(side, seed: 2)
  let codes = ErrorFeedback(metric.feedback, step: 0.3, options: plain(true)).codes(for: values)
  let program = """
    a, h = matrices
    order = np.argsort(-np.diag(h), kind="stable"); hp = h[np.ix_(order, order)]
    c = np.linalg.cholesky(np.linalg.inv(hp)).T
    step = 2.0 ** np.rint(np.log2(0.3 * np.diag(c)))
    w, q = a[:, order].copy(), np.zeros(a.shape)
    for j in range(a.shape[1]):
        q[:, j] = np.clip(np.rint(w[:, j] / step[j]), -127, 127)
        e = (w[:, j] - q[:, j] * step[j]) / c[j, j]
        w[:, j + 1:] -= np.outer(e, c[j, j + 1:])
    back = np.argsort(order)
    show(q[:, back]); show(np.log2(step[back]))
    """
  let answers = try Python.numbers(
    program,
    [
      (rows, side, values.elements.map { Float($0) }),
      (side, side, metric.matrix.elements.map { Float($0) }),
    ])
  // The metric went over as floats: a number near a half may round the other way.
  let differing = zip(codes.codes.elements, answers[0]).count { Double($0) != $1 }
  #expect(differing <= 2)
  #expect(codes.exponents.map { Double($0) } == answers[1])
}

@Test(arguments: CodeSteps.allCases, [0.05, 0.4, 2])
func feedbackCostsLessThanRoundingAlone(steps: CodeSteps, step: Double) throws {
  let values = sample(Shape(6, 40))
  let metric = try metric(40, seed: 3)
  let costs = [true, false].map { feedsBack in
    let codes = ErrorFeedback(
      metric.feedback, step: step, steps: steps, options: plain(feedsBack)
    ).codes(for: values)
    return cost(difference(values, codes.values), metric)
  }
  #expect(costs[0] < 0.7 * costs[1])
}

@Test func inThePlainMetricFeedbackIsRounding() throws {
  let values = sample(Shape(3, 16))
  let identity = try RoundingMetric(Matrix(repeating: 0, Shape(16, 16)), damping: 0.01)
  let codes = ErrorFeedback(identity.feedback, step: 0.25, options: plain(true)).codes(for: values)
  for (code, value) in zip(codes.codes.elements, values.elements) {
    #expect(Double(code) == (value / 0.25).rounded(.toNearestOrEven))
  }
}

@Test func weighingBitsSavesBitsAtAPrice() throws {
  let values = sample(Shape(8, 60))
  let metric = try metric(60, seed: 4)
  let results = [0, 2 * log(2.0) / 12].map { weight in
    let codes = ErrorFeedback(
      metric.feedback, step: 1, options: plain(true, rateWeight: weight)
    ).codes(for: values)
    return (
      zeros: codes.codes.elements.count { $0 == 0 },
      cost: cost(difference(values, codes.values), metric)
    )
  }
  #expect(results[1].zeros > results[0].zeros)
  #expect(results[1].cost < 2 * results[0].cost)
}

@Test func noCodeLeavesItsRangeHoweverStrongARowIs() throws {
  var values = sample(Shape(4, 20))
  for column in 0..<20 { values[2, column] *= 1e6 }
  let metric = try metric(20, seed: 5)
  let (codes, halvings) = OverflowGuard.codes(
    for: values, ErrorFeedback(metric.feedback, step: 0.2, options: plain(true)))
  #expect(codes.codes.elements.allSatisfy { abs(Int($0)) < 127 })
  #expect(halvings[2] > 10)
  var restored = codes.values
  for row in 0..<4 {
    for column in 0..<20 { restored[row, column] *= exp2(Double(halvings[row])) }
  }
  let error = cost(difference(values, restored), metric)
  #expect(error < 1e-3 * cost(values, metric))
}

@Test(arguments: CodeSteps.allCases)
func feedbackInBothMetricsCostsLessThanInOne(steps: CodeSteps) throws {
  let values = sample(Shape(12, 30))
  let (input, output) = (try metric(30, seed: 6), try metric(12, seed: 7))
  // The same steps, with and without feedback along the columns.
  let both = TwoSidedRounding(
    input: input, output: output, step: 0.5, steps: steps, options: plain(true)
  ).codes(for: values)
  let none = TwoSidedRounding(
    input: input, output: output, step: 0.5, steps: steps, options: plain(false)
  ).codes(for: values)
  let costs = [both, none].map { cost(difference(values, $0.values), input, output) }
  #expect(costs[0] < 0.5 * costs[1])
  #expect(both.codes.elements.allSatisfy { abs(Int($0)) < 127 })
}

@Test func emptyAndSingleMatricesAreRounded() throws {
  let one = try metric(1, seed: 8)
  let codes = TwoSidedRounding(input: one, output: one, step: 0.01).codes(for: sample(Shape(1, 1)))
  #expect(abs(codes.values[0, 0] - sample(Shape(1, 1))[0, 0]) < 0.1)
}
