internal import SpectrimCore
internal import SpectrimLinearAlgebra

/// The best way to store one layer, among factors and the matrix itself, with steps per column and
/// with a common one.
struct LayerCoding {
  let target: LayerTarget
  let decomposition: TwoSidedDecomposition
  let settings: CalibrationSettings
  /// Whether factors are out of the question, as for a head of a few rows.
  let isMatrix: Bool

  /// The coded weight and bias.
  struct Outcome: Sendable {
    let weight: CodedWeight
    let bias: Bias
    /// The share of `Σ s²` of the two-sided spectrum that is left.
    let energyKept: Double
  }

  /// A dense matrix is tried when factors of the wanted rank hold more than this share of its
  /// numbers; below half the factors always won.
  private static let smallestDenseShare = 0.5
  /// Sides up to this are also tried dense, whatever the rank.
  private static let largestSmallSide = 64

  func outcome() throws -> Outcome {
    let rank = decomposition.rank(step: settings.step, threshold: settings.rankThreshold)
    var candidates: [(weight: CodedWeight, steps: CodeSteps)] = []
    for steps in stepsToTry {
      if allowsFactors(rank),
        let coded = try LowRankCoding(target: target, settings: settings)
          .coded(decomposition, steps: steps)
      {
        candidates.append((coded, steps))
      }
      if candidates.isEmpty || wantsMatrix(rank) {
        let coding = DenseCoding(target: target, settings: settings)
        candidates.append((try coding.coded(steps: steps), steps))
      }
    }
    let costs = candidates.map {
      $0.weight.cost(step: settings.step, rateWeight: ErrorFeedback.Options().rateWeight)
    }
    let best = candidates[costs.indices.min { costs[$0] < costs[$1] } ?? 0]
    let whole = decomposition.singularValues.reduce(0) { $0 + $1 * $1 }
    return Outcome(
      weight: best.weight,
      bias: BiasCoding(target: target, settings: settings).coded(best.weight, steps: best.steps),
      energyKept: whole > 0 ? max(0, 1 - best.weight.distortion / whole) : 1)
  }

  private var stepsToTry: [CodeSteps] {
    let asked: [CodeSteps] =
      (settings.stages.columnSteps ? [.perColumn] : [])
      + (settings.stages.commonSteps ? [.common] : [])
    return asked.isEmpty ? [.common] : asked
  }

  private var shape: Shape { target.weight.shape }

  private func share(_ rank: Int) -> Double {
    Double(rank * (shape.rowCount + shape.columnCount)) / Double(max(shape.elementCount, 1))
  }

  private func allowsFactors(_ rank: Int) -> Bool {
    settings.stages.lowRank && !isMatrix && share(rank) < 1
  }

  private func wantsMatrix(_ rank: Int) -> Bool {
    isMatrix || share(rank) > Self.smallestDenseShare
      || shape.smallerSide <= Self.largestSmallSide
  }
}
