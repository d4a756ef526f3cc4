public import SpectrimCore

/// Adapters that learn on a frozen base, `W = base + Σ s · B A`.
///
/// The base may have any form: it is expanded once, and given back as it came. The bias belongs to
/// the base and stays as it is.
public struct LoRAWeight: TrainableWeight {
  /// One adapter with its gradients.
  public struct Adapter: Sendable {
    /// The factor at the input.
    /// - Shape: `[r, in]`.
    public internal(set) var a: Parameter
    /// The factor at the output.
    /// - Shape: `[out, r]`.
    public internal(set) var b: Parameter
    /// The factor `s`.
    public let scaling: Float
    /// `X Aᵀ` of the last forward pass and the gradient there.
    /// - Shape: each `[count, r]`.
    var inner: (values: [Float], gradient: [Float]) = ([], [])
  }

  /// The adapters in the order of the weight.
  public private(set) var adapters: [Adapter]
  private let source: LoRA
  /// The frozen base.
  /// - Shape: `[out, in]`.
  private let base: Matrix<Float>

  /// Starts from given adapters.
  public init(_ lora: LoRA) {
    source = lora
    base = lora.base.materialized()
    adapters = lora.adapters.map {
      Adapter(a: Parameter($0.a.values), b: Parameter($0.b.values), scaling: Float($0.scaling))
    }
  }

  /// `[out, in]` of the map.
  public var shape: Shape { base.shape }
  /// The bias belongs to the frozen base.
  public var trainsBias: Bool { false }

  /// The learned weight in the form it came in.
  public var representation: Representation {
    get throws(ModelError) {
      var trained: [LoRA.Adapter] = []
      for (old, new) in zip(source.adapters, adapters) {
        trained.append(
          try LoRA.Adapter(
            name: old.name, a: new.a.weightMatrix, b: new.b.weightMatrix, alpha: old.alpha,
            scaling: old.scaling))
      }
      return .lora(try LoRA(base: source.base, adapters: trained))
    }
  }

  /// `Y = X Wᵀ`.
  /// - Shape: input `[count, in]`, output `[count, out]`.
  public mutating func forward(_ input: [Float], count: Int, into output: inout [Float]) {
    BLAS.multiply(
      input, by: base.elements, rightTransposed: true, into: &output, rows: count,
      columns: shape.rowCount, depth: shape.columnCount)
    for index in adapters.indices { adapters[index].forward(input, count, &output) }
  }

  /// Carries the gradient to the sides between the factors.
  /// - Shape: gradient `[count, out]`.
  public mutating func prepareBackward(from gradient: [Float], count: Int) {
    for index in adapters.indices { adapters[index].prepareBackward(gradient, count) }
  }

  /// Adds to `carry` times the gradients of every factor that learns.
  /// - Shape: input `[count, in]`, gradient `[count, out]`.
  public mutating func accumulateGradients(
    input: [Float], gradient: [Float], count: Int, carry: Float
  ) {
    for index in adapters.indices {
      adapters[index].accumulate(input, gradient, count, carry)
    }
  }

  /// The gradient at the input.
  /// - Shape: gradient `[count, out]`, result `[count, in]`.
  public func propagate(_ gradient: [Float], count: Int, into inputGradient: inout [Float]) {
    BLAS.multiply(
      gradient, by: base.elements, into: &inputGradient, rows: count, columns: shape.columnCount,
      depth: shape.rowCount)
    for adapter in adapters {
      adapter.a.propagate(adapter.inner.gradient, count: count, into: &inputGradient, carry: 1)
    }
  }

  /// Moves every factor that learns.
  public mutating func update(_ optimizer: Optimizer, step: Int) {
    for index in adapters.indices {
      adapters[index].a.update(optimizer, step: step)
      adapters[index].b.update(optimizer, step: step)
    }
  }
}

extension LoRAWeight.Adapter {
  fileprivate mutating func forward(_ input: [Float], _ count: Int, _ output: inout [Float]) {
    reserve(count * a.shape.rowCount, in: &inner.values)
    a.apply(to: input, count: count, into: &inner.values)
    b.apply(to: inner.values, count: count, into: &output, scale: scaling, carry: 1)
  }

  fileprivate mutating func prepareBackward(_ gradient: [Float], _ count: Int) {
    reserve(count * a.shape.rowCount, in: &inner.gradient)
    b.propagate(gradient, count: count, into: &inner.gradient, scale: scaling)
  }

  fileprivate mutating func accumulate(
    _ input: [Float], _ gradient: [Float], _ count: Int, _ carry: Float
  ) {
    a.accumulate(input: input, gradient: inner.gradient, count: count, carry: carry)
    b.accumulate(
      input: inner.values, gradient: gradient, count: count, scale: scaling, carry: carry)
  }
}
