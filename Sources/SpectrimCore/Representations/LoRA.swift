/// A base with low-rank adapters, `W = base + Σ s · B A`.
public struct LoRA: LinearMap, Equatable {
  /// One adapter with its scale resolved.
  public struct Adapter: Sendable, Equatable {
    /// The name, unique within the layer.
    public let name: String
    /// The factor at the input.
    /// - Shape: `[r, in]`.
    public let a: WeightMatrix
    /// The factor at the output.
    /// - Shape: `[out, r]`.
    public let b: WeightMatrix
    /// The `alpha` that the training was given, kept for other ecosystems.
    public let alpha: Double
    /// The factor `s` that is applied: `alpha`, `alpha / r` or `alpha / √r`, already resolved.
    public let scaling: Double

    /// Pairs the two factors of an adapter.
    /// - Throws: `ModelError` when `A` and `B` do not share a rank, or a number is not finite.
    public init(
      name: String, a: WeightMatrix, b: WeightMatrix, alpha: Double, scaling: Double
    ) throws(ModelError) {
      guard a.shape.rowCount == b.shape.columnCount else {
        throw .ranksDiffer(left: "B", b.shape, right: "A", a.shape.transposed)
      }
      guard alpha.isFinite, Float(scaling).isFinite else {
        throw .invalid("adapter `\(name)` with alpha \(alpha), scaling \(scaling)")
      }
      self.name = name
      self.a = a
      self.b = b
      self.alpha = alpha
      self.scaling = scaling
    }

    private init(_ other: Adapter, a: WeightMatrix, b: WeightMatrix) {
      (name, alpha, scaling) = (other.name, other.alpha, other.scaling)
      (self.a, self.b) = (a, b)
    }

    /// The same adapter with factors of the same rank.
    func replacing(a: WeightMatrix, b: WeightMatrix) -> Adapter { Adapter(self, a: a, b: b) }

    /// The rank of the adapter.
    public var rank: Int { a.shape.rowCount }
  }

  /// The frozen weight below the adapters.
  public let base: Representation
  /// The adapters, all of the shape of the base, in the order of their names, which fixes their sum
  /// to the last bit.
  public let adapters: [Adapter]

  /// Stacks adapters on a base.
  /// - Throws: `ModelError` when there is no adapter, two share a name, or a shape differs.
  public init(base: Representation, adapters: [Adapter]) throws(ModelError) {
    guard !adapters.isEmpty else { throw .invalid("a LoRA weight without an adapter") }
    var names: Set<String> = []
    for adapter in adapters {
      let shape = Shape(adapter.b.shape.rowCount, adapter.a.shape.columnCount)
      guard shape == base.shape else {
        throw .shapeMismatch("adapter `\(adapter.name)`", found: shape, expected: base.shape)
      }
      guard names.insert(adapter.name).inserted else {
        throw .invalid("two adapters named `\(adapter.name)`")
      }
    }
    self.base = base
    self.adapters = adapters.sorted { $0.name < $1.name }
  }

  /// Stacks adapters that are known to fit.
  init(unchecked base: Representation, _ adapters: [Adapter]) {
    (self.base, self.adapters) = (base, adapters)
  }

  /// `[out, in]`.
  public var shape: Shape { base.shape }
  /// The sum of the adapters' ranks.
  public var rank: Int? { adapters.reduce(0) { $0 + $1.rank } }
  /// The base and both factors of every adapter.
  public var parameterCount: Int {
    adapters.reduce(base.parameterCount) { $0 + $1.a.parameterCount + $1.b.parameterCount }
  }
  /// Stored bytes before lossless coding.
  public var byteCount: Int {
    adapters.reduce(base.byteCount) { $0 + $1.a.byteCount + $1.b.byteCount }
  }
  /// One multiplication per stored weight.
  public var multiplyAccumulateCount: Int {
    adapters.reduce(base.multiplyAccumulateCount) {
      $0 + $1.a.parameterCount + $1.b.parameterCount
    }
  }

  /// `base(X) + Σ s · (X Aᵀ) Bᵀ`.
  public func apply(to batch: Matrix<Float>) -> Matrix<Float> {
    adapters.reduce(base.apply(to: batch)) { sum, adapter in
      let low = batch.multipliedByTransposed(adapter.a.values)
      return sum.adding(
        low.multipliedByTransposed(adapter.b.values), times: Float(adapter.scaling))
    }
  }

  /// `base + Σ s · B A`: the adapters merged.
  public func materialized() -> Matrix<Float> {
    adapters.reduce(base.materialized()) { sum, adapter in
      let product = adapter.b.values.multipliedByTransposed(adapter.a.values.transposed)
      return sum.adding(product, times: Float(adapter.scaling))
    }
  }
}

extension Matrix where Element == Float {
  fileprivate func adding(_ other: Matrix<Float>, times factor: Float) -> Matrix<Float> {
    Matrix(shape, zip(elements, other.elements).map { $0 + factor * $1 })
  }
}
