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
    let read = try common.read(file)
    let report = InspectionReport(
      read.model, format: ModelFile.format, fileBytes: read.byteCount,
      layerBytes: read.layerByteCounts, spectra: spectra(of: read.model))
    if let page { try page.write(report.html) }
    if markdown { Console.print(report.markdown) } else { try common.print(report) }
  }

  /// The spectra of all layers that have one.
  private func spectra(of model: Model) -> [String: LayerSpectrum] {
    let progress = Progress("inspecting", isQuiet: common.quiet)
    let weights = model.layers.map { Double($0.weight.shape.elementCount) }
    let sum = max(weights.reduce(0, +), 1)
    var (spectra, done): ([String: LayerSpectrum], Double) = ([:], 0)
    for (layer, weight) in zip(model.layers, weights) {
      progress.show(done / sum, layer.name)
      done += weight
      do {
        spectra[layer.name] = try LayerSpectrum(layer, controlSeed: control ? seed ?? 0 : nil)
      } catch {
        progress.clear()
        common.warn(["\(file): layer `\(layer.name)` has no spectrum: \(error)"])
      }
    }
    return spectra
  }
}
