package import SpectrimCore
package import SpectrimSpectra

/// What a rank rule may look at: the spectrum of a layer and how the layer came to be.
package struct LayerSpectrum: Sendable {
  let name: String
  let spectrum: EmpiricalSpectrum
  let initializer: Initializer?
  /// Whether the rule was asked for this layer by name, so that nothing may be clamped.
  let isNamed: Bool
  /// The same entries in random order, where that was asked for.
  let control: ShuffledControl?

  /// Describes a layer that is not empty.
  package init(
    name: String, spectrum: EmpiricalSpectrum, initializer: Initializer? = nil,
    isNamed: Bool = false, control: ShuffledControl? = nil
  ) {
    self.name = name
    self.spectrum = spectrum
    self.initializer = initializer
    self.isNamed = isNamed
    self.control = control
  }

  /// `min(m, n)`.
  var fullRank: Int { spectrum.shape.smallerSide }

  /// What the Marchenko–Pastur law says with one estimate; without a method, with the
  /// initializer's where it is known, else with that of the iterative bulk.
  func noise(by method: NoiseMethod? = nil, given: Double? = nil) -> MarchenkoPasturReport? {
    MarchenkoPasturReport(spectrum, method: method, initializer: initializer, given: given)
  }

  /// A choice clamped to 1…min(m, n).
  func choice(
    _ words: String, rank: Int, noise: MarchenkoPasturReport? = nil, note: String? = nil
  ) -> RankChoice {
    unguardedChoice(
      words, rank: min(max(rank, 1), fullRank), noise: noise ?? self.noise(), note: note)
  }

  /// A choice as it is, for the one rule that may keep nothing.
  func unguardedChoice(
    _ words: String, rank: Int, noise: MarchenkoPasturReport?, note: String? = nil
  ) -> RankChoice {
    let (energy, error) = (spectrum.energyKept(rank: rank), spectrum.relativeError(rank: rank))
    var parts = noise.map(describe) ?? []
    if let control {
      parts.append("shuffled s₁ \(FigureText.short(control.largestSingularValue))")
    }
    let remark = note.map { ", \($0)" } ?? ""
    let reasons = parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
    return RankChoice(
      rank: rank, noise: noise, energyKept: energy, relativeError: error,
      sentence: "\(words) keeps \(rank) of \(fullRank)\(remark)\(reasons)")
  }

  /// The estimate, its edge and the margin of chance, and the other estimate that matters.
  private func describe(_ report: MarchenkoPasturReport) -> [String] {
    let shape = spectrum.shape
    let aspectRatio = Double(shape.largerSide) / Double(shape.smallerSide)
    var parts = [
      "σ \(FigureText.short(report.cut.noise.sigma)) from \(report.cut.noise.method.rawValue)",
      "edge \(FigureText.short(report.cut.law.edge))", "Q \(FigureText.short(aspectRatio))",
      "\(report.spikesBeyondTracyWidom) beyond Tracy–Widom 99 %",
    ]
    let other: NoiseMethod = report.cut.noise.method == .bulk ? .initialization : .bulk
    if let cut = report.alternatives.first(where: { $0.noise.method == other }) {
      parts.append(
        "σ \(FigureText.short(cut.noise.sigma)) from \(other.rawValue) keeps \(cut.spikes)")
    }
    return parts
  }
}
