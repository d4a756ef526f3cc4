internal import SpectrimCore

/// Normalizations, whose numbers are fixed: they pass values on and gradients back.
extension Tape {
  /// `y = scale · x + shift`.
  /// - Shape: scale and shift `[channels]`, or one number per element of a vector.
  mutating func scale(step: Int, by scale: [Float], shift: [Float]) {
    let source = input(ofStep: step)
    let length = elementCount(ofStep: step)
    var target = preActivations[step].mutableSpan
    for start in stride(from: 0, to: length, by: scale.count) {
      for channel in scale.indices {
        target[start + channel] = scale[channel] * source[start + channel] + shift[channel]
      }
    }
  }

  /// Carries a gradient back through `scale · x + shift`.
  mutating func scaleGradient(step: Int, by scale: [Float]) {
    let outer = gradients[step]
    let length = elementCount(ofStep: step)
    var target = gradients[step - 1].mutableSpan
    for start in stride(from: 0, to: length, by: scale.count) {
      for channel in scale.indices {
        target[start + channel] = scale[channel] * outer[start + channel]
      }
    }
  }

  /// `y = x̂ · scale + shift` with `x̂ = (x − mean) / √(variance + ε)` over every example.
  /// - Shape: scale and shift, one number per element of an example.
  mutating func normalize(step: Int, scale: [Float], shift: [Float], epsilon: Double) {
    let source = input(ofStep: step)
    let length = elementCount(ofStep: step)
    var target = preActivations[step].mutableSpan
    for start in stride(from: 0, to: length, by: scale.count) {
      let spread = Spread(source[start..<start + scale.count], epsilon: epsilon)
      for index in scale.indices {
        target[start + index] =
          Float(spread.normalized(source[start + index])) * scale[index] + shift[index]
      }
    }
  }

  /// Carries a gradient back through a normalization of examples: with `g = scale · ∂y`,
  /// `∂x = (g − mean(g) − x̂ · mean(g x̂)) / √(variance + ε)`.
  mutating func denormalizeGradient(step: Int, scale: [Float], epsilon: Double) {
    let (outer, source) = (gradients[step], input(ofStep: step))
    let length = elementCount(ofStep: step)
    var target = gradients[step - 1].mutableSpan
    for start in stride(from: 0, to: length, by: scale.count) {
      let spread = Spread(source[start..<start + scale.count], epsilon: epsilon)
      var (sum, product) = (0.0, 0.0)
      for index in scale.indices {
        let slope = Double(outer[start + index]) * Double(scale[index])
        sum += slope
        product += slope * spread.normalized(source[start + index])
      }
      let count = Double(scale.count)
      for index in scale.indices {
        let slope = Double(outer[start + index]) * Double(scale[index])
        let bend = spread.normalized(source[start + index]) * product / count
        target[start + index] = Float((slope - sum / count - bend) / spread.root)
      }
    }
  }

  /// How the numbers of an example lie, summed in `Double`.
  private struct Spread {
    let mean: Double
    /// `√(variance + ε)`; the variance divides by the count.
    let root: Double

    init(_ values: ArraySlice<Float>, epsilon: Double) {
      let count = Double(values.count)
      let mean = values.reduce(0) { $0 + Double($1) } / count
      let squares = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      self.mean = mean
      root = (squares / count + epsilon).squareRoot()
    }

    func normalized(_ value: Float) -> Double { (Double(value) - mean) / root }
  }

  /// Numbers of the current batch behind a step.
  private func elementCount(ofStep step: Int) -> Int {
    count * (preActivations[step].count / capacity)
  }
}
