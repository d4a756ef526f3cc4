internal import ArgumentParser
internal import SpectrimCore
internal import SpectrimData
internal import SpectrimFiles
internal import SpectrimInference
internal import SpectrimReports
internal import SpectrimTraining

/// `spectrim train`: the networks of the source documents on IDX data.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a network on a folder of IDX images and write it.",
    discussion: """
      Without further options the settings are those of the source documents. The same seed gives \
      the same file.

      Example: spectrim train --model mlp --data mnist --seed 1 -o mlp.h5
      """)

  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Learning") var learning: LearningOptions

  @Option(
    help: ArgumentHelp(
      "The folder of the four IDX files, plain or .gz: train-* to learn from, t10k-* to test "
        + "(default: SPECTRIM_MNIST).", valueName: "folder"))
  var data: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Storage") var storage: StorageOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let start = ContinuousClock.now
    try output.destination.check(inputs: [network.base].compactMap { $0 })
    let folder = IDXFolder(try DataFolder.path(data))
    var recipe = try network.model.recipe()
    recipe.topology = try network.topology(from: recipe.topology)
    recipe.settings = learning.settings(from: recipe.settings)
    let base = try network.base.map { try common.read($0).runnable() }
    let (images, tests) = (try folder.load(.train), try folder.load(.test))
    let starting =
      try base.map {
        try StartingModel(base: $0, form: network.representation, seed: learning.seed)
      } ?? StartingModel(recipe, network, images: images)
    let outcome = try train(starting.model, recipe.settings, images, tests)
    let training = TrainingRecord(
      settings: settings(recipe, starting), history: outcome.history)
    let source = ConversionRecord.Source(
      format: network.base == nil ? "training" : "spectrim-model",
      sha256: try network.base.map { try FileDigest.sha256(ofFileAt: $0) })
    let model = try outcome.model.stored(as: network.elementType)
    let record = ConversionRecord(tool: RootCommand.tool, source: source, training: training)
    let file = try ModelFile.write(
      model.replacing(layers: model.layers, record: record), to: output.output,
      storage: storage.settings, overwrite: output.force)
    try report(training, file, tests, seconds: (.now - start) / .seconds(1))
  }

  /// Trains with a line per epoch for people.
  private func train(
    _ model: Model, _ settings: TrainingSettings, _ images: ImageSet, _ tests: ImageSet
  ) throws -> TrainingOutcome {
    let normalization = model.input.normalization
    let progress = Progress("training", isQuiet: common.quiet)
    var isFirst = true
    return try Trainer(settings).train(
      model, on: try images.examples(normalization), tests: try tests.examples(normalization)
    ) {
      progress.show($0.fraction, "epoch \($0.epoch) of \(settings.epochs)")
    } afterEpoch: { number, epoch in
      progress.clear()
      guard !common.json else { return }
      let head = isFirst ? TrainingReport.head : ""
      Console.print(head + TrainingReport.line(number, epoch))
      isFirst = false
    }
  }

  /// The settings by their names on the command line, those that stand for nothing left out.
  private func settings(_ recipe: Recipe, _ starting: StartingModel) -> [String: String] {
    let settings = recipe.settings
    var words = [
      "batch": "\(settings.batchSize)", "epochs": "\(settings.epochs)",
      "dropout": "\(settings.dropout)", "seed": "\(settings.seed)",
      "representation": network.representation.defaultValueDescription,
      "element-type": network.elementType.rawValue,
    ]
    if settings.decay != 1 { words["decay"] = "\(settings.decay)" }
    words["initializer"] = starting.start?.rawValue
    if network.base == nil {
      words["model"] = network.model.rawValue
      switch recipe.topology {
      case .perceptron(let widths, let activation):
        words["layers"] = widths.map(String.init).joined(separator: ",")
        if widths.count > 2 { words["activation"] = activation.kind.rawValue }
      case .lenet5(let activation):
        if activation != .none { words["activation"] = activation.kind.rawValue }
      }
    }
    switch settings.optimizer {
    case .sgd(let rate, let momentum, let weightDecay):
      words.merge(["optimizer": "sgd", "lr": "\(rate)", "momentum": "\(momentum)"]) { $1 }
      if weightDecay != 0 { words["weight-decay"] = "\(weightDecay)" }
    case .adam(let rate, _, _, let weightDecay):
      words.merge(["optimizer": "adam", "lr": "\(rate)"]) { $1 }
      if weightDecay != 0 { words["weight-decay"] = "\(weightDecay)" }
    }
    return words
  }

  private func report(
    _ training: TrainingRecord, _ file: ModelFile, _ tests: ImageSet, seconds: Double
  ) throws {
    let predictions = Engine(file.model).predictions(pixels: tests.pixels, count: tests.count)
    let report = TrainingReport(
      training, model: file.model,
      correct: zip(predictions, tests.labels).count { $0 == Int($1) }, count: tests.count,
      fileBytes: file.byteCount, seconds: seconds)
    if common.json { try common.print(report) } else { Console.print(report.summary) }
  }
}
