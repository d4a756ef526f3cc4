internal import Foundation
internal import SpectrimCore
internal import SpectrimLinearAlgebra
internal import SpectrimSpectra

/// Finds rank and common step of the smallest factors that keep a total relative error within a
/// limit.
///
/// For every step a model of the error tells the smallest rank; the cheapest step wins, and real
/// rounding then corrects it.
struct FactorStepSearch {
  let layer: AnalysedLayer
  let limit: Double

  /// Steps are tried four to an octave, and then twice as dense around the best, twice.
  private static let coarseRatio = 0.25
  private static let refinementCount = 2
  /// How often real rounding may correct the step; the model is within percents.
  private static let correctionCount = 4
  /// What a corrected step keeps below the one that would just do.
  private static let correctionMargin = 1 - 0x1p-10

  /// The candidate, or `nil` if none within the limit is below a price.
  func smallest(below price: Int) throws -> Candidate? {
    let spectrum = try layer.spectrum()
    let highest = FactorSearch.largestRank(for: spectrum.shape)
    guard highest >= 1, spectrum.smallestRank(relativeError: limit) <= highest else { return nil }
    let model = try StepModel(layer: layer, limit: limit, highestRank: highest)
    guard let best = cheapest(of: model), best.price < price else { return nil }
    return try settled(best, below: price)
  }

  private func cheapest(of model: StepModel) -> StepModel.Outcome? {
    guard let first = CommonStep.smallest(largestMagnitude: model.largestMagnitude),
      var best = model.outcome(step: Double(first))
    else { return nil }
    var octaves = Self.coarseRatio
    while let next = model.outcome(step: Double(first) * exp2(octaves)) {
      if next.price < best.price { best = next }
      octaves += Self.coarseRatio
    }
    var ratio = Self.coarseRatio
    for _ in 0..<Self.refinementCount {
      ratio /= 2
      for step in [best.step * exp2(-ratio), best.step * exp2(ratio)] {
        if let next = model.outcome(step: step), next.price < best.price { best = next }
      }
    }
    return best
  }

  /// Corrects the step of a rank until the real error is just within the limit.
  private func settled(_ outcome: StepModel.Outcome, below price: Int) throws -> Candidate? {
    let cut = try layer.spectrum().energyBeyond(rank: outcome.rank)
    let factors = try layer.splitFactors(rank: outcome.rank)
    let largest = max(
      Quantizer.largestMagnitude(factors.u.elements[...]),
      Quantizer.largestMagnitude(factors.v.elements[...]))
    let allowed = limit * limit * layer.norm * layer.norm - cut
    var (best, step) = (Candidate?.none, CommonStep.readable(outcome.step))
    for _ in 0..<Self.correctionCount where step.isNormal {
      let codes = CommonStep.codes(step, largestMagnitude: largest)
      var candidate = try Candidate(
        .quantizedLowRank(rank: outcome.rank, codes), of: layer)
      let error = layer.relativeError(of: candidate.weight)
      candidate.relativeError = error
      if error <= limit, candidate.price < best?.price ?? price { best = candidate }
      let rounding = error * error * layer.norm * layer.norm - cut
      guard rounding > 0, allowed > 0 else { break }
      let next = CommonStep.readable(
        Double(step) * (allowed / rounding).squareRoot() * Self.correctionMargin)
      guard next != step else { break }
      step = next
    }
    return best
  }
}

/// What factors of one step cost and lose, for all ranks at once.
///
/// The columns of `U√S` and `V√S` are orthogonal with norms `√sₖ`, so to first order component `k`
/// loses `sₖ (‖δuₖ‖² + ‖δvₖ‖²)` by rounding, whatever the rank, instead of the `sₖ²` of leaving it
/// out.
private struct StepModel {
  struct Outcome {
    let step: Double
    let rank: Int
    let price: Int
  }

  /// One component per row.
  private let (left, right): (Matrix<Float>, Matrix<Float>)
  private let singularValues: [Double]
  private let spectrum: EmpiricalSpectrum
  private let allowed: Double
  let largestMagnitude: Float

  init(layer: AnalysedLayer, limit: Double, highestRank: Int) throws {
    let factors = try layer.splitFactors(rank: highestRank)
    (left, right) = (factors.u.transposed, factors.v.transposed)
    singularValues = factors.singularValues
    spectrum = try layer.spectrum()
    allowed = limit * limit * spectrum.energy
    largestMagnitude = max(
      Quantizer.largestMagnitude(left.elements[...]),
      Quantizer.largestMagnitude(right.elements[...]))
  }

  /// The smallest rank within the limit and its price; `nil` if no rank is.
  func outcome(step: Double) -> Outcome? {
    let width = Float(step)
    guard width.isFinite else { return nil }
    var rounding = 0.0
    for (index, value) in singularValues.enumerated() {
      rounding +=
        value
        * (Quantizer.squaredRounding(of: left.row(index), step: width)
          + Quantizer.squaredRounding(of: right.row(index), step: width))
      guard rounding <= allowed else { return nil }
      if spectrum.energyBeyond(rank: index + 1) + rounding <= allowed {
        return Outcome(
          step: step, rank: index + 1,
          price: price(of: left, rank: index + 1, width) + price(of: right, rank: index + 1, width))
      }
    }
    return nil
  }

  private func price(of components: Matrix<Float>, rank: Int, _ step: Float) -> Int {
    let count = rank * components.columnCount
    let codes = Quantizer(bits: 8).codes(of: components.elements[..<count], step: step)
    return Int((Double(count) * ByteEstimate.entropy(of: codes) / 8).rounded(.up))
  }
}
