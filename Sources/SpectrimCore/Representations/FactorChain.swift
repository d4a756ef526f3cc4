/// A multi-stage factorization, `W = F₀ · F₁ · … · F₍ₖ₋₁₎`.
public struct FactorChain: LinearMap, Equatable {
  /// The factors from the output side to the input side.
  /// - Shape: `[out, r₁]`, `[r₁, r₂]`, …, `[r₍ₖ₋₁₎, in]`.
  public let factors: [WeightMatrix]

  /// Chains at least two factors whose neighbouring sides agree.
  /// - Throws: `ModelError` when there are fewer than two, or when two neighbours do not fit.
  public init(_ factors: [WeightMatrix]) throws(ModelError) {
    guard factors.count >= 2 else {
      throw .invalid("a chain of \(factors.count) factors; expected two or more")
    }
    for index in 1..<factors.count
    where factors[index - 1].shape.columnCount != factors[index].shape.rowCount {
      throw .ranksDiffer(
        left: "F\(index - 1)", factors[index - 1].shape,
        right: "F\(index)", factors[index].shape.transposed)
    }
    self.factors = factors
  }

  /// Chains factors that are known to fit.
  init(unchecked factors: [WeightMatrix]) { self.factors = factors }

  /// The sides between neighbouring factors, from the output side to the input side.
  public var stages: [Int] { factors.dropLast().map(\.shape.columnCount) }

  /// `[out, in]`.
  public var shape: Shape {
    Shape(factors[0].shape.rowCount, factors[factors.count - 1].shape.columnCount)
  }
  /// The smallest stage, which bounds the rank of the product.
  public var rank: Int? { stages.min() }
  /// The weights of all factors.
  public var parameterCount: Int { factors.reduce(0) { $0 + $1.shape.elementCount } }
  /// Stored bytes before lossless coding.
  public var byteCount: Int { factors.reduce(0) { $0 + $1.byteCount } }
  /// One multiplication per stored weight.
  public var multiplyAccumulateCount: Int { parameterCount }

  /// The factors one after another, from the input side.
  public func apply(to batch: Matrix<Float>) -> Matrix<Float> {
    factors.reversed().reduce(batch) { $0.multipliedByTransposed($1.values) }
  }

  /// The product of all factors.
  public func materialized() -> Matrix<Float> {
    factors.dropFirst().reduce(factors[0].values) {
      $0.multipliedByTransposed($1.values.transposed)
    }
  }
}
