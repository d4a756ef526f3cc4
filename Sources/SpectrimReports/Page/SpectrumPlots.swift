internal import SpectrimCore
internal import SpectrimSpectra

/// The two drawings of a layer's spectrum.
enum SpectrumPlots {
  private static let binCount = 50
  private static let curvePointCount = 200

  /// Singular values over their index on a log axis, with the edge and the cut.
  static func singularValues(of layer: LayerReport, _ figures: SpectrumFigures) -> String? {
    let zero = figures.spectralNorm * Sparkline.zeroLevel
    let values = figures.singularValues.filter { $0 > zero }
    guard let largest = values.first, let smallest = values.last else { return nil }
    let edge = layer.marchenkoPastur.map(\.edge).flatMap { $0 > 0 ? $0 : nil }
    let low = min(smallest, edge ?? smallest) / 1.2
    let high = max(largest, edge ?? largest) * 1.2
    let end = Double(max(layer.fullRank, 1))
    var plot = Plot(
      title: "\(layer.name): singular values", horizontal: ("index", 0...end),
      vertical: ("singular value", low...high), verticalScale: .logarithmic)
    let points = values.enumerated().map { (Double($0.offset + 1), $0.element) }
    plot.addDots(points, style: "data", legend: "\(values.count) of \(layer.fullRank)")
    if let edge {
      let text = "edge \(NumberText.significant(edge))"
      plot.addLine([(0, edge), (end, edge)], style: "edge", legend: text)
    }
    if let rank = layer.rank, rank <= layer.fullRank, layer.representation != "lora" {
      let cut = Double(rank)
      plot.addLine([(cut, low), (cut, high)], style: "cut", legend: "cut at rank \(rank)")
    }
    return plot.svg
  }

  /// The density of the eigenvalues `s²/N` as a histogram, the law of the noise over it.
  ///
  /// Of a matrix that was cut only the eigenvalues that were kept are drawn, without the law, since
  /// the noise is gone.
  static func eigenvalues(of layer: LayerReport, _ figures: SpectrumFigures) -> String? {
    let largerSide = Double(layer.shape.max() ?? 0)
    let isCut = layer.rank != nil && layer.representation != "lora"
    let smallest = isCut ? figures.spectralNorm * Sparkline.zeroLevel : -1
    let values = figures.singularValues.filter { $0 > smallest }.map { $0 * $0 / largerSide }
    guard let largest = values.first, largest > 0 else { return nil }
    let law = layer.marchenkoPastur
    let end = axisEnd(values, largest: largest, law: isCut ? nil : law)
    let bars = histogram(values.filter { $0 <= end }, to: end, of: values.count)
    let curve = isCut ? [] : law.map { density($0, of: layer, to: end) } ?? []
    let highest = 1.05 * max(bars.map(\.height).max() ?? 0, curve.map(\.1).max() ?? 0)
    var plot = Plot(
      title: "\(layer.name): eigenvalues s²/N", horizontal: ("eigenvalue", 0...end),
      vertical: ("density", 0...highest))
    let beyond = values.count { $0 > end }
    let legend = isCut ? "\(values.count) kept" : "\(values.count) eigenvalues"
    plot.addBars(
      bars, style: "bars", legend: beyond == 0 ? legend : legend + ", \(beyond) beyond")
    if !curve.isEmpty { plot.addLine(curve, style: "law", legend: "Marchenko–Pastur") }
    if let upper = law?.lambdaPlus, upper <= end {
      let text = "λ₊ \(NumberText.significant(upper))"
      plot.addLine([(upper, 0), (upper, highest)], style: "edge", legend: text)
    }
    return plot.svg
  }

  /// Spikes would squeeze the bulk into one bar, so an axis that shows a bulk ends at 2.5 λ₊.
  private static func axisEnd(
    _ eigenvalues: [Double], largest: Double, law: NoiseLawFigures?
  ) -> Double {
    guard let law, eigenvalues.count(where: { $0 <= law.lambdaPlus }) > eigenvalues.count / 2
    else { return 1.02 * largest }
    return min(1.02 * largest, 2.5 * law.lambdaPlus)
  }

  /// Bars whose areas are shares of all eigenvalues.
  private static func histogram(
    _ values: [Double], to end: Double, of total: Int
  ) -> [(range: ClosedRange<Double>, height: Double)] {
    var counts = Array(repeating: 0, count: binCount)
    for value in values { counts[min(Int(value / end * Double(binCount)), binCount - 1)] += 1 }
    let width = end / Double(binCount)
    return counts.enumerated().map { index, count in
      let start = Double(index) * width
      return (start...start + width, Double(count) / (Double(total) * width))
    }
  }

  /// The law scaled to the share of eigenvalues that are noise.
  private static func density(
    _ figures: NoiseLawFigures, of layer: LayerReport, to end: Double
  ) -> [(Double, Double)] {
    let span = min(figures.lambdaPlus, end) - figures.lambdaMinus
    guard figures.sigma > 0, span > 0 else { return [] }
    let law = MarchenkoPastur(sigma: figures.sigma, shape: Shape(layer.shape[0], layer.shape[1]))
    let share = Double(layer.fullRank - (figures.spikes ?? 0)) / Double(layer.fullRank)
    // The density of a square matrix is infinite at 0, so the curve starts half a step inside.
    return (0..<curvePointCount).map { step in
      let x = figures.lambdaMinus + span * (Double(step) + 0.5) / Double(curvePointCount)
      return (x, share * law.density(at: x))
    }
  }
}
