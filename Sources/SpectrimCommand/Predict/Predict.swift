internal import ArgumentParser
internal import SpectrimCore
internal import SpectrimFiles
internal import SpectrimInference
internal import SpectrimReports

/// `spectrim predict`: the scores of single inputs.
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Classify images and arrays.",
    discussion: """
      An input is a .png, .pgm or .npy file, or FOLDER:INDEX for an image of IDX data, counted \
      from 0. Pixels pass through the normalization that the model stores; a .npy file of floats \
      is what the network itself sees, and one of shape [N, …] gives N results.

      Example: spectrim predict small.h5 seven.png mnist:0 --top 3
      """)

  @Argument(help: "The model to run.")
  var file: String

  @Argument(help: ArgumentHelp("The images and arrays to classify.", valueName: "input"))
  var inputs: [String]

  @Option(
    help: ArgumentHelp("Print the best classes instead of all scores.", valueName: "count"))
  var top: Int?

  @OptionGroup var half: SplitOptions
  @OptionGroup(title: "Files of other programs") var foreign: ForeignOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let top, top < 1 { throw ValidationError("--top \(top): expected at least 1") }
  }

  func run() throws {
    let sources = try inputs.map { try PredictionInput($0) }
    let model = try common.read(file, foreign).runnable()
    let engine = Engine(model)
    let progress = Progress("predicting", isQuiet: common.quiet)
    var reader = PredictionInput.Reader(input: model.input, half: half)
    var results: [PredictionReport.Result] = []
    for (index, source) in sources.enumerated() {
      progress.show(Double(index) / Double(sources.count), source.text)
      let examples = try reader.read(source)
      results += try Self.results(examples, engine.scores(for: examples.batch), model.labels)
    }
    progress.clear()
    try common.print(PredictionReport(results: results, top: top))
  }

  private static func results(
    _ examples: PredictionExamples, _ scores: Matrix<Float>, _ labels: [String]?
  ) throws -> [PredictionReport.Result] {
    try examples.names.enumerated().map { row, name in
      let values = Array(scores.row(row))
      if let bad = values.first(where: { !$0.isFinite }) {
        throw Failure(
          .badData, "\(name): gets a score of \(bad); expected finite weights and inputs",
          path: name, found: "\(bad)", expected: "a finite score")
      }
      return PredictionReport.Result(
        input: name, scores: values, names: labels, expected: examples.label)
    }
  }
}
