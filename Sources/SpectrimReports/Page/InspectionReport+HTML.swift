extension InspectionReport {
  /// One page that needs nothing else: the tables, and two drawings per layer.
  public var html: String {
    let title = name.htmlEscaped
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title)</title>
      <style>
      \(Self.style)
      </style>
      </head>
      <body>
      <h1>\(title)</h1>
      <p>\(headline.htmlEscaped)</p>
      \(layerTable.html)
      \(spectrumSection)\(provenanceSection)</body>
      </html>

      """
  }

  private var spectrumSection: String {
    let drawings = layers.compactMap { layer -> String? in
      guard let figures = layer.spectrum else { return nil }
      let plots = [
        SpectrumPlots.singularValues(of: layer, figures),
        SpectrumPlots.eigenvalues(of: layer, figures),
      ].compactMap { $0 }
      return plots.isEmpty ? nil : "<div class=\"plots\">\n\(plots.joined())</div>\n"
    }
    guard layers.contains(where: { $0.spectrum != nil }) else { return "" }
    return "<h2>Spectra</h2>\n" + spectrumTable.html + drawings.joined()
  }

  private var provenanceSection: String {
    let lines = provenanceLines
    guard !lines.isEmpty else { return "" }
    let items = lines.map { "<li>\($0.htmlEscaped)</li>\n" }.joined()
    return "<h2>Provenance</h2>\n<ul>\n\(items)</ul>\n"
  }

  private static let style = """
    :root { color-scheme: light dark; --text: #1d2330; --page: #ffffff; --faint: #d5d9e0;
      --data: #2f6fde; --edge: #1f9d55; --law: #d23f31; --cut: #8a4fd0; }
    @media (prefers-color-scheme: dark) {
      :root { --text: #e4e7ee; --page: #15181f; --faint: #3a404c;
        --data: #6ea1ff; --edge: #4cc985; --law: #ff7a6b; --cut: #bf93f5; } }
    body { color: var(--text); background: var(--page); margin: 2rem auto; padding: 0 1rem;
      max-width: 72rem; font: 16px/1.5 system-ui, sans-serif; }
    table { border-collapse: collapse; display: block; overflow-x: auto; margin: 1rem 0;
      font-size: 14px; }
    th, td { padding: 0.25rem 0.6rem; border-bottom: 1px solid var(--faint); text-align: left;
      white-space: nowrap; }
    .number { text-align: right; font-variant-numeric: tabular-nums; }
    li { overflow-wrap: anywhere; }
    .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr));
      gap: 1rem; }
    svg { width: 100%; height: auto; font-family: system-ui, sans-serif; }
    svg text { fill: var(--text); font-size: 12px; }
    svg .title { font-size: 14px; font-weight: 600; }
    svg .middle { text-anchor: middle; }
    svg .end { text-anchor: end; }
    svg .frame { fill: none; stroke: var(--text); }
    svg .grid { stroke: var(--faint); }
    svg circle.data { fill: var(--data); }
    svg rect.bars { fill: var(--data); fill-opacity: 0.55; }
    svg polyline, svg .key { fill: none; stroke-width: 2; }
    svg .key.data, svg .key.bars { stroke: var(--data); stroke-width: 4; }
    svg .edge { stroke: var(--edge); stroke-dasharray: 6 4; }
    svg .law { stroke: var(--law); }
    svg .cut { stroke: var(--cut); stroke-dasharray: 2 3; }
    """
}
