import Foundation
import SpectrimCompression
import SpectrimCore
import Testing

/// A model whose file shrinks and whose loss grows with the step.
private func point(_ step: Double) -> SearchPoint {
  let lost = Int((2000 * step).rounded())
  return SearchPoint(
    step: step, bytes: Int(200 / step),
    agreement: Agreement(
      count: 10_000, agreeing: 10_000 - lost, lost: lost, gained: lost / 4, divergence: step / 4))
}

@Test func theLargestStepWithinALossIsFound() throws {
  let goal = SearchGoal.loss(points: 0.2)
  let found = try #require(try StepSearch(goal: goal).run(point))
  #expect(found.agreement.lossBound <= 0.2)
  #expect(point(found.step * exp2(1.0 / 16)).agreement.lossBound > 0.2)
}

@Test func theSmallestStepWithinABudgetIsFound() throws {
  let found = try #require(try StepSearch(goal: .budget(bytes: 12_000)).run(point))
  #expect(found.bytes <= 12_000)
  #expect(point(found.step / exp2(1.0 / 16)).bytes > 12_000)
}

@Test func theLargestStepWithinADivergenceIsFound() throws {
  let found = try #require(try StepSearch(goal: .divergence(nats: 0.004)).run(point))
  #expect(abs(log2(found.step / 0.016)) <= 1.0 / 16)
}

@Test func aGoalOutOfReachIsNotFound() throws {
  #expect(try StepSearch(goal: .budget(bytes: 3)).run(point) == nil)
}

@Test func aSearchTakesNoMoreConversionsThanItSays() throws {
  for nats in [1e-5, 0.004, 0.3, 10] {
    var count = 0
    _ = try StepSearch(goal: .divergence(nats: nats)).run { step in
      count += 1
      return point(step)
    }
    #expect(count <= StepSearch.largestCount)
  }
}

@Test func theBoundOfALossGrowsWithTheAnswersThatChanged() {
  let quiet = Agreement(count: 1000, agreeing: 995, lost: 3, gained: 2, divergence: 0)
  let restless = Agreement(count: 1000, agreeing: 800, lost: 101, gained: 100, divergence: 0)
  #expect(quiet.loss == restless.loss)
  #expect(quiet.lossBound < restless.lossBound)
  // 201 changed answers of 1000, and seven more for honesty: a deviation of √208 answers.
  #expect(abs(restless.lossDeviation - 100 * 208.0.squareRoot() / 1000) < 0.001)
}
