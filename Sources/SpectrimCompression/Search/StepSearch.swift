internal import Foundation
public import SpectrimCore

/// What a search over θ is to find.
public enum SearchGoal: Sendable, Equatable {
  /// The smallest file whose loss stays below so many points, bound included.
  case loss(points: Double)
  /// The nearest model whose file has at most so many bytes.
  case budget(bytes: Int)
  /// The smallest file whose divergence from the dense model stays below so many nats.
  case divergence(nats: Double)

  /// Whether a model is good (or small) enough.
  public func isReached(by point: SearchPoint) -> Bool {
    switch self {
    case .loss(let points): point.agreement.lossBound <= points
    case .budget(let bytes): point.bytes <= bytes
    case .divergence(let nats): point.agreement.divergence <= nats
    }
  }

  /// Whether small steps reach it; a budget is reached by large ones.
  var isReachedBySmallSteps: Bool {
    if case .budget = self { false } else { true }
  }
}

/// A bisection over θ, on a grid so that interrupted searches meet the same values again.
///
/// Bytes fall and losses rise with θ but for noise, so the largest θ that is good enough (for a
/// budget: the smallest that is small enough) is found in a handful of conversions.
public struct StepSearch: Sendable {
  /// What is looked for.
  public let goal: SearchGoal

  /// Sixteen steps per octave: one step changes the bytes by three per cent.
  private static let stepsPerOctave = 16.0
  /// From 2⁻¹⁴, at which codes are as good as floats, to 4, at which nothing is left of a network
  /// whose scores differ by less than a hundred.
  private static let exponents = -14.0...2.0

  /// Creates a search.
  public init(goal: SearchGoal) { self.goal = goal }

  /// How many conversions it takes at most.
  public static let largestCount = 9

  /// The best of what was measured; `nil` if nothing reaches the goal.
  /// - Parameter measure: converts with one θ and measures the result.
  public func run(_ measure: (Double) throws -> SearchPoint) throws -> SearchPoint? {
    let last = Int((Self.exponents.upperBound - Self.exponents.lowerBound) * Self.stepsPerOctave)
    var best: SearchPoint?
    // Places in the order in which the goal is reached first and then no longer.
    var range = 0...last
    while true {
      let middle = range.lowerBound + (range.upperBound - range.lowerBound) / 2
      let point = try measure(Self.step(goal.isReachedBySmallSteps ? middle : last - middle))
      let isReached = goal.isReached(by: point)
      if isReached { best = point }
      let (low, high) =
        isReached ? (middle + 1, range.upperBound) : (range.lowerBound, middle - 1)
      guard low <= high else { return best }
      range = low...high
    }
  }

  /// θ a quarter of an octave smaller, for a result that did not hold on other examples.
  public static func finer(than step: Double) -> Double { step / exp2(4 / stepsPerOctave) }

  /// θ at one place of the grid.
  private static func step(_ place: Int) -> Double {
    exp2(exponents.lowerBound + Double(place) / stepsPerOctave).rounded(significantDigits: 6)
  }
}
