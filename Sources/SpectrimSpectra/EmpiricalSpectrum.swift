public import SpectrimCore

/// The singular values of one weight matrix and what is measured on them.
public struct EmpiricalSpectrum: Sendable, Equatable {
  /// All `min(out, in)` singular values, descending.
  public let singularValues: [Double]
  /// The shape `[out, in]` of the matrix.
  public let shape: Shape
  /// `Σ s²` over the components from an index on, summed from the smallest so that a small tail
  /// keeps all its digits.
  /// - Shape: `[min(out, in) + 1]`, the last one 0.
  private let tailEnergies: [Double]

  /// What rounding may cost a share of the energy: with it, exact ties count as reached.
  private static let rounding = 0x1p-48

  /// Takes descending singular values; missing ones, as those of a factor pair, are zero.
  public init(singularValues: [Double], shape: Shape) {
    let count = shape.smallerSide
    precondition(singularValues.count <= count, "\(singularValues.count) values for \(shape)")
    precondition(
      zip(singularValues, singularValues.dropFirst()).allSatisfy { $0 >= $1 },
      "singular values descend")
    precondition(singularValues.allSatisfy { $0 >= 0 }, "singular values are not negative")
    let values =
      singularValues + Array(repeating: 0, count: count - singularValues.count)
    var tails = [0.0]
    for value in values.reversed() { tails.append(tails[tails.count - 1] + value * value) }
    self.singularValues = values
    self.shape = shape
    tailEnergies = tails.reversed()
  }

  /// Eigenvalues `λ = s² / N` with `N = max(out, in)`, descending.
  public var eigenvalues: [Double] {
    let count = Double(shape.largerSide)
    return singularValues.map { $0 * $0 / count }
  }

  /// `Σ s²`, the squared Frobenius norm.
  public var energy: Double { tailEnergies[0] }
  /// `s₁`.
  public var spectralNorm: Double { singularValues.first ?? 0 }

  /// `Σ s²` of the components beyond `rank`: the squared error of the truncation.
  public func energyBeyond(rank: Int) -> Double { tailEnergies[rank] }

  /// The share of `Σ s²` in the first `rank` components, 0…1; 1 for a zero matrix.
  public func energyKept(rank: Int) -> Double {
    energy > 0 ? (energy - energyBeyond(rank: rank)) / energy : 1
  }

  /// `‖W − Wᵣ‖ / ‖W‖` in the Frobenius norm for the truncation at `rank`; 0 for a zero matrix.
  public func relativeError(rank: Int) -> Double {
    energy > 0 ? (energyBeyond(rank: rank) / energy).squareRoot() : 0
  }

  /// The smallest rank that keeps a share `threshold` of the energy, at least 1 unless `W = 0`.
  /// - Source: `analyze_redundancy` in chapter 3, `analyze_weight_matrix` in chapter 11.
  public func effectiveRank(energy threshold: Double = 0.99) -> Int {
    let allowed = (1 - threshold + Self.rounding) * energy
    guard energy > 0, let rank = tailEnergies.firstIndex(where: { $0 <= allowed }) else { return 0 }
    return max(1, rank)
  }

  /// The smallest rank whose truncation has at most this relative error.
  /// - Source: `find_optimal_rank` in chapter 11.1.
  public func smallestRank(relativeError limit: Double) -> Int {
    let allowed = limit * (1 + Self.rounding)
    return singularValues.indices.first { relativeError(rank: $0) <= allowed }
      ?? singularValues.count
  }

  /// `‖W‖²_F / s₁²`, between 1 and the rank; 0 for a zero matrix.
  public var stableRank: Double {
    spectralNorm > 0 ? energy / (spectralNorm * spectralNorm) : 0
  }

  /// How many singular values lie above an edge.
  public func count(above edge: Double) -> Int {
    singularValues.firstIndex { $0 <= edge } ?? singularValues.count
  }
}
