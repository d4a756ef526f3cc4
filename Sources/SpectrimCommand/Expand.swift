internal import ArgumentParser
internal import SpectrimCore
internal import SpectrimFiles
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
  @OptionGroup var common: CommonOptions

  func run() throws {
    try output.destination.check(inputs: [file])
    let source = try common.read(file).model
    let progress = Progress("expanding", isQuiet: common.quiet)
    var layers: [Layer] = []
    for (index, layer) in source.layers.enumerated() {
      progress.show(Double(index) / Double(source.layers.count), layer.name)
      layers.append(try layer.expanded())
    }
    let record = ConversionRecord(
      tool: RootCommand.tool,
      source: .init(format: ModelFile.format, sha256: try FileDigest.sha256(ofFileAt: file)),
      training: source.record?.training)
    let written = try ModelFile.write(
      source.replacing(layers: layers, record: record), to: output.output,
      storage: storage.settings, overwrite: output.force)
    progress.clear()
    try common.print(
      InspectionReport(
        written.model, format: ModelFile.format, fileBytes: written.byteCount,
        layerBytes: written.layerByteCounts))
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
