internal import SpectrimCore

extension InspectionReport {
  /// The header, the table of layers, their spectra, and where the model came from.
  public var text: String {
    var parts = [headline.terminalSafe + "\n", layerTable.text]
    if layers.contains(where: { $0.spectrum != nil }) {
      parts.append(Self.sparklineLegend + "\n" + spectrumTable.text)
    }
    let notes = provenanceLines
    if !notes.isEmpty { parts.append(notes.map { $0.terminalSafe + "\n" }.joined()) }
    return parts.joined(separator: "\n")
  }

  /// The same tables for a README or a model card.
  public var markdown: String {
    var parts = ["**\(headline.markdownEscaped)**\n", layerTable.markdown]
    if layers.contains(where: { $0.spectrum != nil }) {
      parts.append(Self.sparklineLegend.markdownEscaped + "\n\n" + spectrumTable.markdown)
    }
    let notes = provenanceLines
    if !notes.isEmpty { parts.append(notes.map { "- \($0.markdownEscaped)\n" }.joined()) }
    return parts.joined(separator: "\n")
  }

  private static let sparklineLegend =
    "spectra: largest singular value left, log scale, | Marchenko–Pastur edge, · cut or zero"

  /// Name, kind, size and input in one line, not escaped.
  var headline: String {
    let size = "\(NumberText.bytes(file.bytes)) (\(NumberText.count(file.bytes)) bytes)"
    let start = "\(name): \(format), \(size)"
    guard let input else {
      let weights = "\(NumberText.count(layers.count)) weight\(layers.count == 1 ? "" : "s")"
      let count = otherTensors?.count ?? 0
      let others = "\(NumberText.count(count)) other tensor\(count == 1 ? "" : "s")"
      return
        "\(start), a checkpoint of \(weights) and \(others); it cannot be run, because "
        + (graphReason ?? "it has no graph")
    }
    let sides = input.shape.map(String.init).joined(separator: "×")
    return
      "\(start), input \(sides), \(layers.count) layer\(layers.count == 1 ? "" : "s"), "
      + "\(NumberText.count(totals.macs)) of \(NumberText.count(totals.denseMacs)) "
      + "multiply–accumulates"
  }

  /// One row per layer and one for the file.
  var layerTable: Table {
    var table = Table([
      .text("layer"), .text("op"), .text("activation"), .text("representation"), .number("shape"),
      .number("rank"), .number("bits"), .number("parameters"), .number("bytes"), .number("ratio"),
      .number("energy kept"), .number("relative error"),
    ])
    table.rows = layers.map { layer in
      [
        layer.name, layer.opText, layer.activation, layer.representation, layer.shapeText,
        layer.rankText, layer.bitsText, NumberText.count(layer.parameters),
        NumberText.bytes(layer.bytes), NumberText.ratio(layer.ratio),
        NumberText.percent(layer.energyKept), NumberText.significant(layer.relativeError),
      ]
    }
    table.rows.append([
      "whole file", "", "", "", "", "", "", NumberText.count(totals.parameters),
      NumberText.bytes(totals.bytes), NumberText.ratio(totals.ratio), "", "",
    ])
    return table
  }

  /// One row per layer whose spectrum was computed.
  var spectrumTable: Table {
    let hasControl = layers.contains { $0.spectrum?.shuffledNorm != nil }
    var columns: [Table.Column] = [
      .text("layer"), .text("spectrum"), .number("spikes"), .number("edge"), .number("sigma"),
      .text("noise"), .number("norm"), .number("stable rank"), .number("99 % rank"),
      .number("condition"), .number("sparsity"),
    ]
    if hasControl { columns.append(.number("shuffled norm")) }
    var table = Table(columns)
    for layer in layers {
      guard let spectrum = layer.spectrum else { continue }
      let law = layer.marchenkoPastur
      table.rows.append(
        [
          layer.name,
          Sparkline.text(spectrum.singularValues, count: layer.fullRank, spikes: law?.spikes),
          NumberText.count(law?.spikes), NumberText.significant(law?.edge),
          NumberText.significant(law?.sigma), law?.method.rawValue ?? NumberText.absent,
          NumberText.significant(spectrum.spectralNorm),
          NumberText.significant(spectrum.stableRank),
          NumberText.count(spectrum.effectiveRank99),
          NumberText.significant(spectrum.conditionNumber), NumberText.percent(spectrum.sparsity),
        ] + (hasControl ? [NumberText.significant(spectrum.shuffledNorm)] : []))
    }
    return table
  }

  /// The steps without a weight, who made the file from what, and by which rules; not escaped.
  var provenanceLines: [String] {
    let reasons = layers.compactMap { layer in
      layer.reason.map { "\(layer.name) (\(layer.rule ?? NumberText.absent)): \($0)" }
    }
    return [stepsText].compactMap { $0 } + (provenance?.lines ?? []) + reasons
  }
}

extension LayerReport {
  /// `out×in`.
  var shapeText: String { shape.map(String.init).joined(separator: "×") }
  /// The operation with the kernel of a convolution.
  var opText: String { kernelText.isEmpty ? op : "\(op) \(kernelText)" }
  /// `rank/full`, or what there could be at most.
  var rankText: String { (rank.map(String.init) ?? NumberText.absent) + "/\(fullRank)" }
  /// The bits of a code, or `float`.
  var bitsText: String { bits.map(String.init) ?? "float" }
}
