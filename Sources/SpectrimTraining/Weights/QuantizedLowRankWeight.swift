public import SpectrimCore

/// Two factors of integer codes that learn, `W = U Vᵀ`: the products are those of the floats that
/// they stand for.
public struct QuantizedLowRankWeight: TrainableWeight {
  /// The codes of the left factor.
  /// - Shape: `[out, r]`.
  public private(set) var u: CodeParameter
  /// The codes of the right factor.
  /// - Shape: `[in, r]`.
  public private(set) var v: CodeParameter
  /// What the rounded codes stand for.
  private var values: FactorizedWeight
  private let source: QuantizedLowRank

  /// Starts from given codes.
  public init(_ factors: QuantizedLowRank) {
    source = factors
    u = CodeParameter(factors.u)
    v = CodeParameter(factors.v)
    values = FactorizedWeight(u: u.values, v: v.values)
  }

  /// `[out, in]` of the map.
  public var shape: Shape { source.shape }
  /// Whether the bias of the layer learns along.
  public var trainsBias: Bool { true }
  /// Whether integer codes learn.
  public var hasCodes: Bool { true }

  /// The learned weight in the form it came in.
  public var representation: Representation {
    get throws(ModelError) {
      .quantizedLowRank(
        try QuantizedLowRank(
          u: source.u.replacing(allCodes: u.codes), v: source.v.replacing(allCodes: v.codes)))
    }
  }

  /// `Y = X Wᵀ`.
  /// - Shape: input `[count, in]`, output `[count, out]`.
  public mutating func forward(_ input: [Float], count: Int, into output: inout [Float]) {
    values.forward(input, count: count, into: &output)
  }

  /// Carries the gradient to the side between the factors.
  /// - Shape: gradient `[count, out]`.
  public mutating func prepareBackward(from gradient: [Float], count: Int) {
    values.prepareBackward(from: gradient, count: count)
  }

  /// Adds to `carry` times the gradients of the codes.
  /// - Shape: input `[count, in]`, gradient `[count, out]`.
  public mutating func accumulateGradients(
    input: [Float], gradient: [Float], count: Int, carry: Float
  ) {
    values.accumulateGradients(input: input, gradient: gradient, count: count, carry: 0)
    u.accumulate(valueGradient: values.u.gradient, carry: carry)
    v.accumulate(valueGradient: values.v.gradient, carry: carry)
  }

  /// The gradient at the input.
  /// - Shape: gradient `[count, out]`, result `[count, in]`.
  public func propagate(_ gradient: [Float], count: Int, into inputGradient: inout [Float]) {
    values.propagate(gradient, count: count, into: &inputGradient)
  }

  /// Adds the gradient of the price of the codes.
  public mutating func addRatePenalty(price: Float) {
    u.addRatePenalty(price: price)
    v.addRatePenalty(price: price)
  }

  /// Moves the codes.
  public mutating func update(_ optimizer: Optimizer, step: Int) {
    u.update(optimizer, step: step)
    v.update(optimizer, step: step)
    u.write(to: &values.u)
    v.write(to: &values.v)
  }
}
