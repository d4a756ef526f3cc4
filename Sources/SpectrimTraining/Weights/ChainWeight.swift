public import SpectrimCore

/// A multi-stage factorization that learns, `W = F₀ · F₁ · … · F₍ₖ₋₁₎`.
public struct ChainWeight: TrainableWeight {
  /// The factors with their gradients, from the output side to the input side.
  /// - Shape: `[out, r₁]`, `[r₁, r₂]`, …, `[r₍ₖ₋₁₎, in]`.
  public private(set) var factors: [Parameter]
  /// What left factor `i + 1` in the last forward pass, and the gradient there.
  /// - Shape: each `[count, r₍ᵢ₊₁₎]`.
  private var inner: (values: [[Float]], gradients: [[Float]])

  /// Starts from given factors.
  public init(_ chain: FactorChain) {
    factors = chain.factors.map { Parameter($0.values) }
    let empty = [[Float]](repeating: [], count: factors.count - 1)
    inner = (empty, empty)
  }

  /// `[out, in]` of the map.
  public var shape: Shape {
    Shape(factors[0].shape.rowCount, factors[factors.count - 1].shape.columnCount)
  }
  /// Whether the bias of the layer learns along.
  public var trainsBias: Bool { true }

  /// The learned weight in the form it came in.
  public var representation: Representation {
    get throws(ModelError) { .chain(try FactorChain(factors.map(\.weightMatrix))) }
  }

  /// `Y = X Wᵀ`.
  /// - Shape: input `[count, in]`, output `[count, out]`.
  public mutating func forward(_ input: [Float], count: Int, into output: inout [Float]) {
    for index in inner.values.indices.reversed() {
      let factor = factors[index + 1]
      reserve(count * factor.shape.rowCount, in: &inner.values[index])
      let source = index + 1 < inner.values.count ? inner.values[index + 1] : input
      factor.apply(to: source, count: count, into: &inner.values[index])
    }
    factors[0].apply(to: inner.values[0], count: count, into: &output)
  }

  /// Carries the gradient to the sides between the factors.
  /// - Shape: gradient `[count, out]`.
  public mutating func prepareBackward(from gradient: [Float], count: Int) {
    for index in inner.gradients.indices {
      reserve(count * factors[index].shape.columnCount, in: &inner.gradients[index])
      let source = index == 0 ? gradient : inner.gradients[index - 1]
      factors[index].propagate(source, count: count, into: &inner.gradients[index])
    }
  }

  /// Adds to `carry` times the gradients of every factor that learns.
  /// - Shape: input `[count, in]`, gradient `[count, out]`.
  public mutating func accumulateGradients(
    input: [Float], gradient: [Float], count: Int, carry: Float
  ) {
    for index in factors.indices {
      factors[index].accumulate(
        input: index < inner.values.count ? inner.values[index] : input,
        gradient: index == 0 ? gradient : inner.gradients[index - 1], count: count, carry: carry)
    }
  }

  /// The gradient at the input.
  /// - Shape: gradient `[count, out]`, result `[count, in]`.
  public func propagate(_ gradient: [Float], count: Int, into inputGradient: inout [Float]) {
    let last = factors.count - 1
    factors[last].propagate(inner.gradients[last - 1], count: count, into: &inputGradient)
  }

  /// Moves every factor that learns.
  public mutating func update(_ optimizer: Optimizer, step: Int) {
    for index in factors.indices { factors[index].update(optimizer, step: step) }
  }
}
