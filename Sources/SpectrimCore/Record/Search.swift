/// How near a compact model comes to the one it was made from, on examples with labels.
public struct Agreement: Sendable, Equatable, Codable {
  /// How many examples were classified.
  public let count: Int
  /// How many got the same class from both models.
  public let agreeing: Int
  /// How many were right before and are wrong now.
  public let lost: Int
  /// How many were wrong before and are right now.
  public let gained: Int
  /// The mean Kullback–Leibler divergence of the softmax of the scores, dense from compact.
  /// - Units: nats.
  public let divergence: Double

  /// Joins what was counted; there must be an example.
  public init(count: Int, agreeing: Int, lost: Int, gained: Int, divergence: Double) {
    precondition(count > 0, "an agreement without examples")
    self.count = count
    self.agreeing = agreeing
    self.lost = lost
    self.gained = gained
    self.divergence = divergence.rounded(significantDigits: 6)
  }

  /// `100 · (lost − gained) / count`.
  /// - Units: points of accuracy.
  public var loss: Double { 100 * Double(lost - gained) / Double(count) }

  /// The deviation of `loss` over draws of the examples, of which only those count that the models
  /// treat differently.
  ///
  /// As many more are counted as keep the bound honest when hardly any changed: without any it is
  /// `z² / count`, where the exact law says `−ln(1 − confidence) / count`, which is less.
  /// - Units: points.
  /// - Source: Agresti and Min 2005 on paired proportions, for the added answers.
  public var lossDeviation: Double {
    let (changed, difference) = (Double(lost + gained), Double(lost - gained))
    let variance = max(changed - difference * difference / Double(count), 0)
    let added = Promise.deviations * Promise.deviations
    return 100 * (variance + added).squareRoot() / Double(count)
  }

  /// What the loss on all examples of the kind stays below, in `Promise.confidence` of all draws even
  /// if `Promise.attemptCount` models are tried on the same examples.
  /// - Units: points.
  public var lossBound: Double { loss + Promise.deviations * lossDeviation }
}

/// One model that a search made and measured.
public struct SearchPoint: Sendable, Equatable, Codable {
  /// θ, the step of the codes in units of the scores.
  public let step: Double
  /// The whole file.
  public let bytes: Int
  /// How near it comes, on the examples of the search.
  public let agreement: Agreement

  /// Joins a step with what it gave.
  public init(step: Double, bytes: Int, agreement: Agreement) {
    self.step = step
    self.bytes = bytes
    self.agreement = agreement
  }
}

/// A loss that was promised, and what was measured on examples that nothing was chosen by.
public struct Promise: Sendable, Equatable, Codable {
  /// The share of draws in which a promise is kept.
  public static let confidence = 0.975
  /// How many models may be tried on the examples kept for the check.
  public static let attemptCount = 6
  /// The quantile of the normal law that leaves every attempt its part of the error,
  /// `(1 − 0.975) / 6`.
  /// - Source: Bonferroni.
  static let deviations = 2.64
  /// How many examples it takes to show a loss below some points, even if no answer changes.
  public static func exampleCount(for points: Double) -> Int {
    Int((100 * deviations * deviations / points).rounded(.up))
  }

  /// What was asked for.
  /// - Units: points of accuracy.
  public let points: Double
  /// How many models were tried on the examples kept for the check, this one included.
  public let attempts: Int
  /// What was found on the examples kept for this.
  public let agreement: Agreement

  /// Joins what was asked for with what was found.
  public init(points: Double, attempts: Int, agreement: Agreement) {
    self.points = points
    self.attempts = attempts
    self.agreement = agreement
  }

  /// Whether even the bound of the loss is within what was asked for.
  public var isKept: Bool { agreement.lossBound <= points }
}
