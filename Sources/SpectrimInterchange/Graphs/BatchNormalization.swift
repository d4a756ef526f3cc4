package import SpectrimCore

/// A trained batch normalization, `y = (x − mean) / √(variance + ε) · gamma + beta` per channel.
package struct BatchNormalization: Sendable, Equatable {
  /// - Shape: `[channels]`.
  private let gamma: [Float]
  /// - Shape: `[channels]`.
  private let beta: [Float]
  /// - Shape: `[channels]`.
  private let mean: [Float]
  /// - Shape: `[channels]`.
  private let variance: [Float]
  /// What keeps the root away from zero.
  private let epsilon: Double

  /// Joins the parts; a missing `gamma` is 1, a missing `beta` 0.
  /// - Throws: `ModelError.invalid` when the counts differ or a root is not a positive number.
  package init(
    gamma: [Float]?, beta: [Float]?, mean: [Float], variance: [Float], epsilon: Double
  ) throws(ModelError) {
    let count = mean.count
    let counts = [gamma?.count ?? count, beta?.count ?? count, count, variance.count]
    guard counts.allSatisfy({ $0 == count }) else {
      throw .invalid(
        "a batch normalization with \(counts) values of gamma, beta, mean and variance; "
          + "expected as many of each")
    }
    guard epsilon.isFinite, variance.allSatisfy({ Double($0) + epsilon > 0 }) else {
      throw .invalid("a batch normalization whose variance and epsilon \(epsilon) are not positive")
    }
    self.gamma = gamma ?? Array(repeating: 1, count: count)
    self.beta = beta ?? Array(repeating: 0, count: count)
    self.mean = mean
    self.variance = variance
    self.epsilon = epsilon
  }

  /// The same function as one multiplication and one addition per channel, computed in `Double`.
  package var affine: ChannelAffine {
    get throws(ModelError) {
      let scales = zip(gamma, variance).map { gamma, variance in
        Double(gamma) / (Double(variance) + epsilon).squareRoot()
      }
      let shifts = scales.indices.map { Double(beta[$0]) - Double(mean[$0]) * scales[$0] }
      return try ChannelAffine(scale: scales.map { Float($0) }, shift: shifts.map { Float($0) })
    }
  }
}
