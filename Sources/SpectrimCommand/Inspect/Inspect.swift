internal import ArgumentParser
internal import Foundation
internal import SpectrimCore
internal import SpectrimFiles
internal import SpectrimReports

/// `spectrim inspect`: what is inside a file, and the spectrum of every stored matrix.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the layers of a model, their ranks, sizes and spectra.",
    discussion: """
      The spectra are those of the stored matrices; energy and error are against the original, \
      where the file tells them.

      Example: spectrim inspect small.h5 --html small.html
      """)

  @Argument(help: "The model to read.")
  var file: String

  @Flag(help: "Print Markdown instead of text.")
  var markdown = false

  @Option(help: ArgumentHelp("Write a page with plots too.", valueName: "output"))
  var html: String?

  @Flag(help: "Replace an existing page.")
  var force = false

  @Flag(help: "Show the largest singular value of each matrix with its entries shuffled.")
  var control = false

  @Option(help: "The seed of --control (default: 0).")
  var seed: UInt64?

  @OptionGroup(title: "Files of other programs") var foreign: ForeignOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard !(markdown && common.json) else {
      throw ValidationError("--json and --markdown exclude each other; pass one of them")
    }
    guard seed == nil || control else {
      throw ValidationError("--seed has no effect without --control; pass both")
    }
    guard !force || html != nil else {
      throw ValidationError("--force has no effect without --html; pass both")
    }
  }

  func run() throws {
    let page = html.map { Destination(path: $0, force: force) }
    try page?.check(inputs: [file])
    let report = try report(on: try common.read(file, foreign))
    if let page { try page.write(report.html) }
    if markdown { Console.print(report.markdown) } else { try common.print(report) }
  }

  private func report(on source: ModelSource) throws -> InspectionReport {
    let progress = Progress("inspecting", isQuiet: common.quiet)
    defer { progress.clear() }
    switch source.content {
    case .model(let model):
      let weights = model.layers.map { Double($0.weight.shape.elementCount) }
      let sum = max(weights.reduce(0, +), 1)
      var (spectra, done): ([String: LayerSpectrum], Double) = ([:], 0)
      for (layer, weight) in zip(model.layers, weights) {
        progress.show(done / sum, layer.name)
        done += weight
        spectra[layer.name] = spectrum(of: layer, progress)
      }
      return InspectionReport(
        model, format: source.format, fileBytes: source.byteCount,
        layerBytes: source.layerByteCounts, spectra: spectra)
    case .checkpoint(let checkpoint, let reason):
      return InspectionReport(
        try tally(of: checkpoint, reason: reason, source, progress), format: source.format,
        fileBytes: source.byteCount)
    }
  }

  /// Looks at one tensor after another, so that a checkpoint may be larger than the memory.
  private func tally(
    of checkpoint: any CheckpointSource, reason: String, _ source: ModelSource,
    _ progress: Progress
  ) throws -> CheckpointTally {
    var tally = CheckpointTally(name: checkpoint.name, reason: reason, record: source.record)
    let sum = max(Double(checkpoint.entries.reduce(0) { $0 + $1.byteCount }), 1)
    var done = 0.0
    for (index, entry) in checkpoint.entries.enumerated() {
      progress.show(done / sum, entry.name)
      done += Double(entry.byteCount)
      let stored = try source.storedTensor(index, of: checkpoint)
      var found: LayerSpectrum?
      if case .weight(let weight) = stored.content {
        found = spectrum(of: try Layer(name: entry.name, weight: weight), progress)
      }
      tally.add(entry, stored.content, bytes: stored.byteCount, spectrum: found)
    }
    return tally
  }

  private func spectrum(of layer: Layer, _ progress: Progress) -> LayerSpectrum? {
    do { return try LayerSpectrum(layer, controlSeed: control ? seed ?? 0 : nil) } catch {
      progress.clear()
      common.warn(["\(file): layer `\(layer.name)` has no spectrum: \(error)"])
      return nil
    }
  }
}
