internal import SpectrimCore

/// The rule `auto` without data: the smallest form whose total relative error, truncation and
/// rounding together, is at most a limit; the layer as it is, if nothing smaller is.
public struct AutomaticChoice {
  /// The limit where the user gives none.
  ///
  /// - Source: `Benchmarks/auto-sweep`: the largest of its limits at which none of six networks
  ///   loses more than 0.1 point; its figures stand in `Benchmarks/results/auto-sweep.json`.
  public static let defaultError = 0.375

  let layer: AnalysedLayer
  let limit: Double
  /// The kinds of codes to try; `nil` stands for floats.
  let codes: [WeightForm.Codes?]
  /// Whether to try codes of one common step too.
  let triesSteps: Bool
  /// Whether ranks may be cut; not on spectra too short to threshold.
  let allowsFactors: Bool

  /// The layer as it is, the best dense and the best low-rank form within the limit.
  func decision() throws -> Decision {
    var source = try Candidate(layer.unchangedForm, of: layer)
    source.relativeError = 0
    var candidates = [source]
    if let dense = try smallestDense() { candidates.append(dense) }
    if allowsFactors {
      let price = candidates.map(\.price).min() ?? source.price
      if let factors = try smallestFactors(below: price) { candidates.append(factors) }
    }
    return Decision(among: candidates)
  }

  private func smallestFactors(below price: Int) throws -> Candidate? {
    var best: Candidate?
    if triesSteps {
      best = try FactorStepSearch(layer: layer, limit: limit).smallest(below: price)
    }
    for codes in codes {
      let search = FactorSearch(layer: layer, codes: codes, limit: limit)
      if let found = try search.smallest(below: best?.price ?? price) { best = found }
    }
    return best
  }

  private func smallestDense() throws -> Candidate? {
    var best = triesSteps ? try DenseStepSearch(layer: layer, limit: limit).smallest() : nil
    for codes in codes {
      var candidate = try Candidate(.matrix(codes: codes), of: layer)
      if let best, candidate.price >= best.price { continue }
      let error = layer.relativeError(of: candidate.weight)
      guard error <= limit else { continue }
      candidate.relativeError = error
      best = candidate
    }
    return best
  }
}
