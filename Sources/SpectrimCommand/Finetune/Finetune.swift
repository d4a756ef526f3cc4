internal import ArgumentParser
internal import SpectrimCore
internal import SpectrimData
internal import SpectrimFiles
internal import SpectrimReports
internal import SpectrimTraining

/// `spectrim finetune`: a compact model learns from the model it was made from.
struct Finetune: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a compact model, its integer codes included, on the scores of a teacher.",
    discussion: """
      Codes learn through their rounding and stay codes with the scales that they have; a price on \
      their bits makes the file smaller. For a much smaller file convert with larger steps rather \
      than pay a high price: steps stay. Factors and adapters in floats learn as well. The same \
      seed gives the same file.

      Example: spectrim finetune small.h5 --teacher model.h5 --data mnist --epochs 8 -o tuned.h5
      """)

  @Argument(help: "The model to train.")
  var file: String

  @Option(
    help: ArgumentHelp(
      "The model to learn from: the one that the file was made from.", valueName: "model"))
  var teacher: String?

  @Option(
    help: ArgumentHelp(
      "The folder of the IDX files train-*, plain or .gz (default: SPECTRIM_MNIST).",
      valueName: "folder"))
  var data: String?

  @OptionGroup(title: "Learning") var learning: DistillationOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Storage") var storage: StorageOptions
  @OptionGroup(title: "Files of other programs") var foreign: ForeignOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard teacher != nil else {
      throw ValidationError(
        "nothing to learn from: pass --teacher MODEL, the model that the file was made from")
    }
  }

  func run() throws {
    let start = ContinuousClock.now
    guard let teacher else { preconditionFailure("`validate` asks for a teacher") }
    try output.destination.check(inputs: [file, teacher])
    let folder = try DataFolder.path(data)
    let source = try common.read(file, foreign)
    let model = try source.runnable()
    let teacherSource = try common.read(teacher, foreign)
    let teacherModel = try TeacherModel(teacherSource, for: model, at: file)
    let lessons = try Lessons(folder, learning, for: model, at: file)
    let network = try Network(model)
    var warnings = teacherModel.warnings
    if !network.layers.contains(where: \.hasCodes) {
      warnings.append("\(file): has no integer codes; its floats are trained")
    }
    common.warn(warnings)
    let outcome = try train(model, lessons, teacherModel)
    if let loss = outcome.heldOutLoss, loss > Self.largestLoss {
      let warning =
        "the accuracy on held-out images fell by \(loss) points; learn more slowly (--lr)"
      warnings.append(warning)
      Console.warning(warning)
    }
    let training = TrainingRecord(
      settings: try settings(network, lessons, source, teacherSource), history: outcome.history)
    let written = try ModelFile.write(
      outcome.model.replacing(
        layers: outcome.model.layers, record: try record(of: source, training.withLastEpoch)),
      to: output.output, storage: storageSettings(of: source), overwrite: output.force)
    let report = FinetuneReport(
      training, before: outcome.before, heldOutCount: lessons.heldOutCount, model: written.model,
      sourceBytes: source.byteCount, fileBytes: written.byteCount,
      seconds: (.now - start) / .seconds(1), warnings: warnings)
    if common.json { try common.print(report) } else { Console.print(report.summary) }
  }

  /// Points of accuracy above which a distillation counts as failed.
  private static let largestLoss = 1.0

  /// Trains with a line per epoch for people.
  private func train(
    _ model: Model, _ lessons: Lessons, _ teacher: TeacherModel
  ) throws -> DistillationOutcome {
    let (asking, training) = (
      Progress("asking the teacher", isQuiet: common.quiet),
      Progress("training", isQuiet: common.quiet)
    )
    var (asked, isFirst) = (0, true)
    let total = lessons.heldOutCount + (learning.shift == 0 ? lessons.examples.count : 0)
    return try Distiller(lessons.settings).train(
      model, on: lessons.examples, heldOut: lessons.heldOut
    ) {
      asked += $0.rowCount
      if asked <= total { asking.show(Double(asked) / Double(total)) }
      return teacher.scores(for: $0)
    } progress: {
      asking.clear()
      training.show($0.fraction, "epoch \($0.epoch) of \(learning.epochs)")
    } afterEpoch: { number, epoch in
      training.clear()
      guard !common.json else { return }
      let head = isFirst ? FinetuneReport.head : ""
      Console.print(head + FinetuneReport.line(number, epoch))
      isFirst = false
    }
  }

  /// The settings by their names on the command line, and the digest of the teacher.
  private func settings(
    _ network: Network, _ lessons: Lessons, _ source: ModelSource, _ teacher: ModelSource
  ) throws -> [String: String] {
    var words = learning.words(heldOut: lessons.heldOutCount, network: network)
    let digest = try teacher.sha256()
    // Most often the record names it already, and 32 bytes are much in a small file.
    words["teacher"] = digest == source.record?.source.sha256 ? "source" : digest
    return words
  }

  /// The record of the conversion, if there is one, with the training that followed.
  private func record(
    of source: ModelSource, _ training: TrainingRecord
  ) throws -> ConversionRecord {
    var record =
      try source.record
      ?? ConversionRecord(
        tool: RootCommand.tool,
        source: .init(format: source.format, sha256: try source.sha256()))
    record.tool = RootCommand.tool
    record.training = training
    return record
  }

  /// How the file is written: as asked, else as its conversion was told.
  private func storageSettings(of source: ModelSource) -> StorageSettings {
    storage.isGiven ? storage.settings : source.record?.plan?.storage ?? storage.settings
  }
}

extension TrainingRecord {
  /// The record as it stands in a file that is to be small: every epoch takes some 30 bytes.
  fileprivate var withLastEpoch: TrainingRecord {
    TrainingRecord(settings: settings, history: history.suffix(1))
  }
}

extension DistillationOutcome {
  /// Points of accuracy lost on images that were not learned from, to two digits.
  fileprivate var heldOutLoss: Double? {
    guard let before, let after = history.last?.heldOut else { return nil }
    return (1e4 * (before.accuracy - after.accuracy)).rounded() / 100
  }
}
