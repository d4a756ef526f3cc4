internal import SpectrimCore

/// The rule `auto` without data: the smallest form whose total relative error, truncation and
/// rounding together, is at most a limit; the layer as it is, if nothing smaller is.
public struct AutomaticChoice {
  /// The limit where the user gives none.
  ///
  /// - Source: `Benchmarks/auto-sweep`: the largest limit at which none of five networks loses more
  ///   than 0.1 point; its figures stand in `Benchmarks/results/auto-sweep.json`.
  public static let defaultError = 0.2

  let layer: AnalysedLayer
  let limit: Double
  /// The kinds of codes to try; `nil` stands for floats.
  let codes: [WeightForm.Codes?]
  /// Whether ranks may be cut; not on spectra too short to threshold.
  let allowsFactors: Bool

  /// The layer as it is, the best dense and the best low-rank form within the limit.
  func decision() throws -> Decision {
    var source = try Candidate(.asStored, of: layer)
    source.relativeError = 0
    var candidates = [source]
    if let dense = try smallestDense() { candidates.append(dense) }
    if allowsFactors {
      var best: Candidate?
      for codes in codes {
        let price = (candidates + [best].compactMap { $0 }).map(\.price).min() ?? source.price
        let search = FactorSearch(layer: layer, codes: codes, limit: limit)
        if let found = try search.smallest(below: price) { best = found }
      }
      candidates += [best].compactMap { $0 }
    }
    return Decision(among: candidates)
  }

  private func smallestDense() throws -> Candidate? {
    var best: Candidate?
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
