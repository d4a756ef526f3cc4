package import SpectrimCore
internal import SpectrimLinearAlgebra

/// Directions `d` at the scores with `E[d dᵀ] = I − 11ᵀ/C`, the metric of scores up to a constant.
///
/// Adding one number to all scores changes no decision and no softmax, hence the centring. The `C − 1`
/// orthonormal vectors of Helmert span what is left; with a single score there is nothing to centre.
/// Every direction costs a backward pass, so with more than a few scores each example gets a few random
/// sums of them, `Σ ± h`, whose mean outer product is the same.
/// - Source: the Gauss–Newton matrix of the scores; Hutchinson's estimator (1990) for the random sums.
package struct OutputDirections: Sendable {
  /// How many backward passes they take.
  package let count: Int
  /// The vectors of Helmert.
  /// - Shape: `[C − 1, C]`, or `[1, 1]`.
  let basis: Matrix<Float>

  /// - Parameter limit: the most passes.
  package init(scoreCount: Int, limit: Int) {
    basis = Self.helmert(scoreCount)
    count = min(basis.rowCount, limit)
  }

  private static func helmert(_ side: Int) -> Matrix<Float> {
    guard side > 1 else { return Matrix(Shape(1, 1), [1]) }
    var rows = Matrix<Float>(repeating: 0, Shape(side - 1, side))
    for row in 0..<side - 1 {
      let length = (Double(row + 1) * Double(row + 2)).squareRoot()
      for column in 0...row { rows[row, column] = Float(1 / length) }
      rows[row, row + 1] = Float(-Double(row + 1) / length)
    }
    return rows
  }

  /// One direction for every example of a block.
  /// - Parameter block: the place of the block, from which random signs are drawn.
  /// - Shape: `[exampleCount, C]`.
  package func batch(_ pass: Int, exampleCount: Int, block: Int) -> Matrix<Float> {
    let shape = Shape(exampleCount, basis.columnCount)
    guard count < basis.rowCount else {
      return Matrix(shape, (0..<exampleCount).flatMap { _ in basis.row(pass) })
    }
    var generator = SeededGenerator(seed: UInt64(block * count + pass))
    let scale = 1 / Float(count).squareRoot()
    var signs = Matrix<Float>(repeating: scale, Shape(exampleCount, basis.rowCount))
    for index in signs.elements.indices where generator.next() >> 63 == 1 {
      signs.elements[index] = -scale
    }
    return signs.times(basis)
  }
}
