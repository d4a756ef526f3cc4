internal import SpectrimCore

/// The constant of a layer that learns, as floats or as codes with frozen exponents.
public struct TrainableBias: Sendable {
  /// What is added; of codes, what they stand for.
  /// - Shape: `[1, out]`.
  private var floats: Parameter
  /// The codes, where there are any.
  /// - Shape: `[1, out]`.
  public private(set) var codes: CodeParameter?
  private let exponents: [Int8]

  /// Starts from a given bias.
  init(_ bias: Bias) {
    switch bias {
    case .values(let values, _):
      (floats, codes, exponents) = (Parameter(Matrix(Shape(1, values.count), values)), nil, [])
    case .codes(let codes, let exponents):
      let parameter = CodeParameter(biasCodes: codes, exponents: exponents)
      (floats, self.codes, self.exponents) = (parameter.values, parameter, exponents)
    }
  }

  /// What is added.
  /// - Shape: `[out]`.
  public var values: [Float] { floats.values }
  /// The gradient at what learns: the codes, where there are any, else the values.
  /// - Shape: `[out]`.
  public var gradient: [Float] { codes?.latent.gradient ?? floats.gradient }

  /// The learned bias in the form it came in.
  var bias: Bias {
    codes.map { .codes($0.codes.elements, exponents: exponents) } ?? Bias(floats.values)
  }

  /// Adds to `carry` times the earlier gradient that of the rows of a batch.
  /// - Shape: gradient `[count, out]`.
  mutating func accumulateRowSum(of outer: [Float], count: Int, carry: Float) {
    ElementLoops.sumRows(
      of: outer, into: &floats.gradient, count: count, width: floats.shape.columnCount,
      carry: codes == nil ? carry : 0)
    codes?.accumulate(valueGradient: floats.gradient, carry: carry)
  }

  /// Adds the gradient of the price of the codes.
  mutating func addRatePenalty(price: Float) { codes?.addRatePenalty(price: price) }

  /// Moves what learns; codes with an optimizer of their own.
  mutating func update(_ optimizer: Optimizer, codes codeOptimizer: Optimizer, step: Int) {
    guard codes != nil else { return floats.update(optimizer, step: step) }
    codes?.update(codeOptimizer, step: step)
    codes?.write(to: &floats)
  }
}
