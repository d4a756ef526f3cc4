internal import SpectrimCore

/// The form in which the weights of a new network are learned.
public enum WeightForm: Sendable, Equatable {
  /// Full matrices.
  case dense
  /// Two factors of this rank.
  case factorized(rank: Int)
  /// A chain with these sides between the factors, from the output side to the input side.
  case chain(stages: [Int])

  /// Draws a weight; every factor is drawn as a map of its own.
  ///
  /// A rank is at most the smaller side, and a weight of which the factors would be no smaller than
  /// the matrix stays dense.
  /// - Source: chapter 11.1, whose factors start from Glorot's rule and pay off if `r < mn/(m+n)`.
  func weight(
    _ shape: Shape, _ initial: InitialWeights, using generator: inout SeededGenerator
  ) throws(ModelError) -> Representation {
    let sides = sides(shape)
    let count = zip(sides, sides.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    guard sides.count > 2, count < shape.elementCount else {
      return .dense(WeightMatrix(initial.matrix(shape, using: &generator)))
    }
    var factors: [WeightMatrix] = []
    for (out, inner) in zip(sides, sides.dropFirst()) {
      factors.append(WeightMatrix(initial.matrix(Shape(out, inner), using: &generator)))
    }
    guard case .factorized = self else { return .chain(try FactorChain(factors)) }
    return .factorized(
      try Factorized(u: factors[0], v: WeightMatrix(factors[1].values.transposed)))
  }

  /// `out`, the sides between the factors, `in`.
  private func sides(_ shape: Shape) -> [Int] {
    let inner =
      switch self {
      case .dense: [Int]()
      case .factorized(let rank): [rank]
      case .chain(let stages): stages
      }
    precondition(inner.allSatisfy { $0 > 0 }, "a rank is positive")
    return [shape.rowCount] + inner.map { min($0, shape.smallerSide) } + [shape.columnCount]
  }
}
