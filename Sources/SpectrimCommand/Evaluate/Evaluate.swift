internal import ArgumentParser
internal import SpectrimCore
internal import SpectrimData
internal import SpectrimFiles
internal import SpectrimReports

/// `spectrim evaluate`: how well a model classifies a data set, alone or beside another one.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the accuracy and the speed of a model on images.",
    discussion: """
      The images are t10k-* of the folder unless --split says otherwise; pixels pass through the \
      normalization that the model stores. The speed is that of the model alone, without reading.

      Example: spectrim evaluate small.h5 --data mnist --against model.h5
      """)

  @Argument(help: "The model to measure.")
  var file: String

  @Option(
    help: ArgumentHelp("Tell also how far this one differs from another.", valueName: "other"))
  var against: String?

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Files of other programs") var foreign: ForeignOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let folder = try data.folder()
    let model = try common.read(file, foreign).runnable()
    let other = try against.map { try common.read($0, foreign).runnable() }
    if let other, let against, other.outputCount != model.outputCount {
      throw Failure(
        .badData,
        "\(against): gives \(other.outputCount) scores, but \(file) gives \(model.outputCount); "
          + "compare models of the same classes",
        path: against, found: "\(other.outputCount)", expected: "\(model.outputCount)")
    }
    let images = try data.images(in: folder, for: model, at: file)
    if let other, let against { try images.check(fits: other, at: against, from: folder) }
    let evaluation = Evaluation(model, against: other)
    let progress = Progress("evaluating", isQuiet: common.quiet)
    let report = try evaluation.run(on: images) { progress.show($0) }
    progress.clear()
    try common.print(report)
  }
}
