/// One step of Adam with everything that depends only on the settings and the step worked out.
struct AdamStep {
  private let meanDecay: Float
  private let meanShare: Float
  private let squareDecay: Float
  private let squareShare: Float
  private let stepSize: Float
  private let rootScale: Float
  private let epsilon: Float

  /// Works the bias corrections `1 − βᵗ` out, in Double, because 1 − 0.999 in Float has an error
  /// of 1e-5.
  init(rate: Float, decays: Optimizer.Decays, epsilon: Float, step: Int) {
    meanDecay = Float(decays.mean)
    meanShare = Float(1 - decays.mean)
    squareDecay = Float(decays.square)
    squareShare = Float(1 - decays.square)
    stepSize = Float(Double(rate) / (1 - Self.power(decays.mean, step)))
    rootScale = Float(1 / (1 - Self.power(decays.square, step)).squareRoot())
    self.epsilon = epsilon
  }

  /// Moves the values; the four passes of the formula are one here.
  /// - Shape: all four have the same count.
  func apply(
    to values: inout [Float], gradient: [Float], mean: inout [Float], square: inout [Float]
  ) {
    let count = values.count
    precondition(gradient.count == count, "\(gradient.count) slopes for \(count) values")
    precondition(mean.count == count && square.count == count, "the means fit the values")
    let gradient = gradient.span
    var values = values.mutableSpan
    var mean = mean.mutableSpan
    var square = square.mutableSpan
    // Unchecked: all four spans have `count` elements.
    for index in 0..<count {
      let slope = gradient[unchecked: index]
      let newMean = meanDecay * mean[unchecked: index] + meanShare * slope
      let newSquare = squareDecay * square[unchecked: index] + squareShare * slope * slope
      mean[unchecked: index] = newMean
      square[unchecked: index] = newSquare
      values[unchecked: index] -=
        stepSize * newMean / (newSquare.squareRoot() * rootScale + epsilon)
    }
  }

  /// `base` to a whole power, by repeated squaring.
  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }
}
