public import SpectrimCore
public import SpectrimLinearAlgebra

/// The same weights in random places: what is left of the spectrum without any structure.
public struct ShuffledControl: Sendable, Equatable {
  /// The largest singular value of the shuffled matrix, in weight units.
  public let largestSingularValue: Double
  /// The seed of the permutation.
  public let seed: UInt64

  /// Permutes all entries by the generator of `seed` and decomposes the result.
  /// - Throws: `LinearAlgebraError`.
  public init(_ matrix: Matrix<Float>, seed: UInt64) throws(LinearAlgebraError) {
    self.seed = seed
    var generator = SeededGenerator(seed: seed)
    var elements = matrix.elements
    // Fisher–Yates by hand: the standard library may change its algorithm, and with it the figure.
    for index in stride(from: elements.count - 1, to: 0, by: -1) {
      let other = Int(generator.next().multipliedFullWidth(by: UInt64(index + 1)).high)
      elements.swapAt(index, other)
    }
    let shuffled = Matrix(matrix.shape, elements)
    largestSingularValue = try SpectralDecomposition(shuffled).singularValues.first ?? 0
  }
}
