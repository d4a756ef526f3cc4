internal import ArgumentParser
internal import SpectrimCompression
internal import SpectrimCore
internal import SpectrimFiles
internal import SpectrimReports

/// `spectrim convert`: plans, carries out, writes, measures.
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a compact file from a model.",
    discussion: """
      Every layer is stored in the smallest form for what is asked, with the reason. The same input \
      and options give the same bytes. With --calibrate images decide what matters, and files get \
      several times smaller.

      Example: spectrim convert model.h5 -o small.h5 --calibrate mnist --budget 20KB

      Low rank, codes and pruning in one: --rank fixed=40 --quantize 5 --prune magnitude=0.2
      """)

  @Argument(
    help: ArgumentHelp(
      "The model to read: a file of Spectrim, Keras (.h5, .weights.h5, .keras), safetensors (also "
        + "the index or folder of shards), NPZ, ONNX or PyTorch (.pt)."))
  var input: String

  @Option(name: [.short, .long], help: "The file to write; not needed with --dry-run.")
  var output: String?

  @Flag(help: "Replace an existing file.")
  var force = false

  @OptionGroup(title: "Files of other programs") var foreign: ForeignOptions
  @OptionGroup(title: "Rules") var rules: RuleOptions
  @OptionGroup(title: "Calibration") var calibration: CalibrationOptions
  @OptionGroup(title: "Plans") var plans: PlanOptions
  @OptionGroup(title: "Storage") var storage: StorageOptions

  @Option(
    help: ArgumentHelp(
      "Store what is done to pixels, such as scale=1/255,mean=0.1307,std=0.3081.",
      valueName: "words"))
  var normalize: String?

  @Option(
    help: ArgumentHelp(
      "Print the accuracy on the test images (t10k-*) of a folder, before and after (default: "
        + "SPECTRIM_MNIST for a model of its shape).", valueName: "folder"))
  var evaluate: String?

  @Option(help: "Layers that are worked on at once; the result is the same for every number.")
  var threads = 1

  @Flag(help: "Record the date, the host and the command line in the file.")
  var stamp = false

  @OptionGroup var common: CommonOptions

  /// Points of accuracy above which a conversion counts as failed.
  /// - Source: the Marchenko–Pastur notebook, which calls a loss of at most 1 point a success.
  private static let largestLoss = 1.0

  func validate() throws {
    guard output != nil || plans.dryRun else {
      throw ValidationError("-o OUTPUT is missing; name the file to write, or pass --dry-run")
    }
    if let output, let format = ExportFormat(endOf: output) {
      throw ValidationError(
        "-o \(output): convert writes Spectrim's own .h5; to get .\(format.rawValue), export the result"
      )
    }
    guard !calibration.isGiven || !rules.choosesWeights else {
      throw ValidationError(
        "--calibrate chooses ranks and codes by images; drop --rank, --stages, --quantize, --scale, "
          + "--auto-error, --prune and --control, or --calibrate")
    }
    guard
      calibration.statistics == nil || calibration.calibrate != nil
        || calibration.theta != nil || plans.plan != nil
    else {
      throw ValidationError(
        "--statistics without --calibrate has no images to search with; pass --theta STEP")
    }
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads \(threads): expected 1 to 1024")
    }
    guard plans.plan == nil || !(rules.isGiven || storage.isGiven) else {
      throw ValidationError(
        "--plan says all that the options of rules and storage say; drop them, or edit the plan")
    }
  }

  func run() throws {
    let settings = try rules.settings(storage: storage.settings)
    let normalization = try normalize.map { try Normalization(argument: $0) }
    let destination = plans.dryRun ? nil : output.map { Destination(path: $0, force: force) }
    let inputs = [input] + [plans.plan].compactMap { $0 }
    try destination?.check(inputs: inputs)
    if let path = plans.savePlan {
      try Destination(path: path, force: force).check(inputs: inputs)
      guard destination?.isSameFile(as: path) != true else {
        throw Failure(
          .cannotWrite, "\(path): is to be the model; save the plan to another file", path: path)
      }
    }
    if let path = calibration.saveStatistics {
      try Destination(path: path, force: force)
        .check(inputs: inputs + [calibration.statistics].compactMap { $0 })
      guard destination?.isSameFile(as: path) != true,
        plans.savePlan.map({ Destination(path: $0, force: force).isSameFile(as: path) }) != true
      else {
        throw Failure(
          .cannotWrite, "\(path): is to be another file; save the statistics elsewhere", path: path)
      }
    }
    let saved = try plans.plan.map { try PlanFile.read(at: $0) }
    guard saved?.calibration == nil || calibration.isGiven else {
      throw Failure(
        .usage, "\(plans.plan ?? ""): was made with images; pass --calibrate FOLDER too")
    }
    let order = saved.map(CheckpointCompression.Order.plan) ?? .settings(settings)
    let source = try common.read(input, foreign)
    let report =
      switch source.content {
      case .model(let model):
        try convert(model, of: source, order, normalization, to: destination)
      case .checkpoint(let checkpoint, let reason):
        try convert(checkpoint, reason: reason, of: source, order, to: destination)
      }
    common.warn(report.warnings)
    if let loss = report.accuracy?.loss, loss > Self.largestLoss {
      Console.warning("the accuracy fell by more than \(Self.largestLoss) point; keep more")
    }
    try common.print(report)
  }

  private func convert(
    _ model: Model, of source: ModelSource, _ order: CheckpointCompression.Order,
    _ normalization: Normalization?, to destination: Destination?
  ) throws -> ConversionReport {
    let file = try FileConversion(
      model, of: source, normalization: normalization, storage: order.storage,
      stamp: stamp ? Stamp.text() : nil)
    // Before any work, so that a missing folder costs nobody time.
    let images = try TestImages(
      folder: evaluate, for: file.source, at: input, areOptional: calibration.maxLoss != nil)
    let calibrated = calibration.isGiven ? try calibrate(file, of: source, order) : nil
    if case .plan(let saved) = order, let made = calibrated?.result.plan {
      try saved.check(reproducedBy: made)
    }
    let progress = Progress("converting", isQuiet: common.quiet)
    var conversion =
      try calibrated?.result ?? file.converted(order, threads: threads, progress: progress)
    let grows =
      try order.isAutomatic && calibrated == nil && file.grows(by: conversion)
    if grows { conversion = .leaving(file.source) }
    progress.clear()
    let written = try file.write(conversion, isRecorded: !grows, to: destination)
    calibrated?.log?.remove()
    if let path = plans.savePlan { try PlanFile.write(conversion.plan, to: path) }
    return ConversionReport(
      written.file.model, plan: conversion.plan, fileBytes: written.file.byteCount,
      layerBytes: written.file.layerByteCounts, seconds: written.seconds,
      search: calibrated?.points ?? [], promise: calibrated?.promise,
      accuracy: images?.accuracy(before: file.source, after: written.file.model),
      warnings: conversion.warnings + (calibrated?.warnings ?? []), dryRun: plans.dryRun)
  }

  private func calibrate(
    _ file: FileConversion, of source: ModelSource, _ order: CheckpointCompression.Order
  ) throws -> CalibratedConversion {
    let names = file.source.layers.map(\.name)
    var options = calibration
    let treatments: [LayerTreatment]
    switch order {
    case .settings(let settings): treatments = try settings.calibrationTreatments(for: names)
    case .plan(let saved):
      treatments = try saved.calibrationTreatments(for: names)
      try options.follow(saved)
    }
    return try CalibratedConversion(
      options, evaluate: evaluate,
      CalibratedConversion.Context(
        source: source, model: file.source, treatments: treatments,
        output: plans.dryRun ? nil : output,
        storage: order.storage,
        threadCount: threads, isQuiet: common.quiet
      ) { conversion in
        let written = try file.write(conversion, to: nil).file
        return (written.model, written.byteCount)
      })
  }

  private func convert(
    _ checkpoint: any CheckpointSource, reason: String, of source: ModelSource,
    _ order: CheckpointCompression.Order, to destination: Destination?
  ) throws -> ConversionReport {
    guard evaluate == nil, normalize == nil, !calibration.isGiven else {
      throw Failure(
        .usage,
        "\(input): --evaluate, --normalize and --calibrate need a model that can be run, but \(reason)",
        path: input)
    }
    let progress = Progress("converting", isQuiet: common.quiet)
    let conversion = try CheckpointConversion(
      checkpoint, reason: reason, of: source, order: order, threads: threads,
      stamp: stamp ? Stamp.text() : nil, to: destination, progress: progress)
    progress.clear()
    if let path = plans.savePlan { try PlanFile.write(conversion.outcome.plan, to: path) }
    return ConversionReport(
      conversion.tally, plan: conversion.outcome.plan, fileBytes: conversion.byteCount,
      seconds: conversion.seconds, warnings: conversion.warnings, dryRun: plans.dryRun)
  }
}
