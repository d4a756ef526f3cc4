internal import ArgumentParser
internal import SpectrimCore
internal import SpectrimFiles
internal import SpectrimFormat
internal import SpectrimReports

/// `spectrim expand`: the same model with dense matrices, for programs that know nothing else.
struct Expand: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a model with dense 32-bit floats in place of factors, adapters and codes.",
    discussion: """
      The network computes what the compact one computes, but for the rounding of sums. The new \
      file tells the digest of the old one; the plan by which that was made stays there.

      Example: spectrim expand small.h5 -o dense.h5
      """)

  @Argument(help: "The model to read.")
  var file: String

  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Storage") var storage: StorageOptions
  @OptionGroup(title: "Files of other programs") var foreign: ForeignOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    try output.destination.check(inputs: [file])
    let source = try common.read(file, foreign)
    let progress = Progress("expanding", isQuiet: common.quiet)
    let record = ConversionRecord(
      tool: RootCommand.tool,
      source: .init(format: source.format, sha256: try source.sha256()),
      training: source.record?.training)
    let report =
      switch source.content {
      case .model(let model): try expand(model, record, progress)
      case .checkpoint(let checkpoint, let reason):
        try expand(checkpoint, reason: reason, record, progress)
      }
    progress.clear()
    try common.print(report)
  }

  private func expand(
    _ model: Model, _ record: ConversionRecord, _ progress: Progress
  ) throws -> InspectionReport {
    var layers: [Layer] = []
    for (index, layer) in model.layers.enumerated() {
      progress.show(Double(index) / Double(model.layers.count), layer.name)
      layers.append(try layer.expanded())
    }
    let written = try ModelFile.write(
      model.replacing(layers: layers, record: record), to: output.output,
      storage: storage.settings, overwrite: output.force)
    return InspectionReport(
      written.model, format: ModelFile.format, fileBytes: written.byteCount,
      layerBytes: written.layerByteCounts)
  }

  private func expand(
    _ checkpoint: any CheckpointSource, reason: String, _ record: ConversionRecord,
    _ progress: Progress
  ) throws -> InspectionReport {
    let count = Double(checkpoint.entries.count)
    let written = try CheckpointFile.write(
      CheckpointHeader(name: checkpoint.name, reason: reason), checkpoint.entries,
      to: output.output, storage: storage.settings, overwrite: output.force
    ) { append in
      for (index, entry) in checkpoint.entries.enumerated() {
        progress.show(Double(index) / count, entry.name)
        let content = try checkpoint.content(of: index)
        guard case .weight(let weight) = content else {
          try append(content)
          continue
        }
        try append(.weight(.dense(WeightMatrix(weight.materialized()))))
      }
      return record
    }
    return InspectionReport(
      try CheckpointTally(written), format: ModelFile.format, fileBytes: written.byteCount)
  }
}

extension Layer {
  /// The same layer with a dense matrix, whose inputs are floats again.
  fileprivate func expanded() throws(ModelError) -> Layer {
    try Layer(
      name: name, operation: operation, weight: .dense(WeightMatrix(weight.materialized())),
      bias: bias.map { Bias($0.values) }, activation: activation, initializer: initializer)
  }
}
