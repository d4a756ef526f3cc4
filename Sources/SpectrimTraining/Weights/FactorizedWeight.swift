public import SpectrimCore

/// Two factors that learn, `W = U Vᵀ`: `Y = (X V) Uᵀ`.
public struct FactorizedWeight: TrainableWeight {
  /// The left factor with its gradient.
  /// - Shape: `[out, r]`.
  public internal(set) var u: Parameter
  /// The right factor with its gradient.
  /// - Shape: `[in, r]`.
  public internal(set) var v: Parameter
  /// `X V` of the last forward pass and the gradient there.
  /// - Shape: each `[count, r]`.
  private var inner: (values: [Float], gradient: [Float]) = ([], [])

  /// Starts from given factors.
  public init(_ factors: Factorized) {
    self.init(u: Parameter(factors.u.values), v: Parameter(factors.v.values))
  }

  /// Starts from factors of one rank.
  init(u: Parameter, v: Parameter) {
    self.u = u
    self.v = v
  }

  private var rank: Int { u.shape.columnCount }
  /// `[out, in]` of the map.
  public var shape: Shape { Shape(u.shape.rowCount, v.shape.rowCount) }
  /// Whether the bias of the layer learns along.
  public var trainsBias: Bool { true }

  /// The learned weight in the form it came in.
  public var representation: Representation {
    get throws(ModelError) {
      .factorized(try Factorized(u: u.weightMatrix, v: v.weightMatrix))
    }
  }

  /// `Y = X Wᵀ`.
  /// - Shape: input `[count, in]`, output `[count, out]`.
  public mutating func forward(_ input: [Float], count: Int, into output: inout [Float]) {
    reserve(count * rank, in: &inner.values)
    BLAS.multiply(
      input, by: v.values, into: &inner.values, rows: count, columns: rank, depth: v.shape.rowCount)
    u.apply(to: inner.values, count: count, into: &output)
  }

  /// Carries the gradient to the sides between the factors.
  /// - Shape: gradient `[count, out]`.
  public mutating func prepareBackward(from gradient: [Float], count: Int) {
    reserve(count * rank, in: &inner.gradient)
    u.propagate(gradient, count: count, into: &inner.gradient)
  }

  /// Adds to `carry` times the gradients of every factor that learns.
  /// - Shape: input `[count, in]`, gradient `[count, out]`.
  public mutating func accumulateGradients(
    input: [Float], gradient: [Float], count: Int, carry: Float
  ) {
    u.accumulate(input: inner.values, gradient: gradient, count: count, carry: carry)
    // V is stored with its inputs as rows, so its gradient is Xᵀ times that at the inner side.
    BLAS.multiply(
      input, leftTransposed: true, by: inner.gradient, into: &v.gradient, rows: v.shape.rowCount,
      columns: rank, depth: count, carry: carry)
  }

  /// The gradient at the input.
  /// - Shape: gradient `[count, out]`, result `[count, in]`.
  public func propagate(_ gradient: [Float], count: Int, into inputGradient: inout [Float]) {
    BLAS.multiply(
      inner.gradient, by: v.values, rightTransposed: true, into: &inputGradient, rows: count,
      columns: v.shape.rowCount, depth: rank)
  }

  /// Moves every factor that learns.
  public mutating func update(_ optimizer: Optimizer, step: Int) {
    u.update(optimizer, step: step)
    v.update(optimizer, step: step)
  }
}
