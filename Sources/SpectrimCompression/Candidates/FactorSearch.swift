internal import SpectrimCore
internal import SpectrimLinearAlgebra
internal import SpectrimSpectra

/// Finds the smallest rank at which factors keep a total relative error within a limit.
///
/// A model of the error walks up the ranks and bisects; real rounding then decides.
struct FactorSearch {
  let layer: AnalysedLayer
  /// `nil` stands for floats.
  let codes: WeightForm.Codes?
  let limit: Double

  /// Steps from the smallest possible rank to the full one, and how often the real error may ask
  /// for one more component; the model is within a percent, so one or two suffice.
  private static let stepCount = 16
  private static let correctionCount = 8

  /// The largest rank at which factors have fewer codes than the dense matrix. Beyond it they cannot
  /// be smaller: they share the error with the truncation, so their codes are no coarser.
  static func largestRank(for shape: Shape) -> Int {
    min(shape.smallerSide - 1, shape.elementCount / (shape.rowCount + shape.columnCount))
  }

  /// The candidate, or `nil` if none within the limit is below a price.
  func smallest(below price: Int) throws -> Candidate? {
    let spectrum = try layer.spectrum()
    let lowest = max(1, spectrum.smallestRank(relativeError: limit))
    let highest = Self.largestRank(for: spectrum.shape)
    guard lowest <= highest, let start = try firstPlausible(lowest...highest, below: price)
    else { return nil }
    for rank in start...min(start + Self.correctionCount, highest) {
      var candidate = try Candidate(.factors(rank: rank, codes: codes), of: layer)
      guard candidate.price < price else { return nil }
      let error = layer.relativeError(of: candidate.weight)
      candidate.relativeError = error
      if error <= limit { return candidate }
    }
    return nil
  }

  /// The smallest rank that the model of the error accepts.
  private func firstPlausible(_ ranks: ClosedRange<Int>, below price: Int) throws -> Int? {
    guard let codes else { return ranks.lowerBound }
    let model = try RoundingModel(layer: layer, codes: codes)
    let step = max(1, (ranks.count + Self.stepCount - 1) / Self.stepCount)
    var (infeasible, rank) = (ranks.lowerBound - 1, ranks.lowerBound)
    while true {
      let outcome = try model.outcome(rank: rank)
      guard outcome.price < price else { return nil }
      if outcome.relativeError <= limit { break }
      guard rank < ranks.upperBound else { return nil }
      (infeasible, rank) = (rank, min(rank + step, ranks.upperBound))
    }
    while rank - infeasible > 1 {
      let middle = (rank + infeasible) / 2
      if try model.outcome(rank: middle).relativeError <= limit {
        rank = middle
      } else {
        infeasible = middle
      }
    }
    return rank
  }
}

/// What rounded factors cost and lose at any rank, without multiplying them out.
///
/// The columns of `U√S` and `V√S` are orthogonal with norms `√sₖ`, so to first order the squared
/// error of rounding is `Σₖ sₖ (‖δuₖ‖² + ‖δvₖ‖²)`, and that of truncation is added to it.
private struct RoundingModel {
  private let factors: SplitFactors
  private let codes: WeightForm.Codes
  private let squaredNorm: Double
  private let truncation: (Int) -> Double

  init(layer: AnalysedLayer, codes: WeightForm.Codes) throws {
    let spectrum = try layer.spectrum()
    factors = try layer.splitFactors(rank: FactorSearch.largestRank(for: spectrum.shape))
    self.codes = codes
    squaredNorm = layer.norm * layer.norm
    truncation = { spectrum.relativeError(rank: $0) }
  }

  func outcome(rank: Int) throws -> (price: Int, relativeError: Double) {
    let (u, v) = (factors.u.leadingColumns(rank), factors.v.leadingColumns(rank))
    let rounded = try QuantizedLowRank(
      u: codes.quantized(u, channels: .rows), v: codes.quantized(v, channels: .columns))
    let rounding =
      weightedDistance(u, rounded.u.materialized()) + weightedDistance(v, rounded.v.materialized())
    let cut = truncation(rank)
    return (
      ByteEstimate.price(of: .quantizedLowRank(rounded)),
      (cut * cut + rounding / squaredNorm).squareRoot()
    )
  }

  /// `Σₖ sₖ ‖aₖ − bₖ‖²` over columns.
  private func weightedDistance(_ first: Matrix<Float>, _ second: Matrix<Float>) -> Double {
    var sum = 0.0
    for row in 0..<first.rowCount {
      for (pair, weight) in zip(zip(first.row(row), second.row(row)), factors.singularValues) {
        let difference = Double(pair.0) - Double(pair.1)
        sum += weight * difference * difference
      }
    }
    return sum
  }
}
