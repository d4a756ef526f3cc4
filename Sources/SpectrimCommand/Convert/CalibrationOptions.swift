internal import ArgumentParser
internal import SpectrimCompression
internal import SpectrimCore
internal import SpectrimData

/// What a conversion with examples is asked for.
struct CalibrationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Let images decide what matters: the leading ones of train-* in a folder; their labels only "
        + "tell whether they are of the right kind.", valueName: "folder"))
  var calibrate: String?

  @Option(
    help: ArgumentHelp("How many of them (default: \(standardSampleCount)).", valueName: "count"))
  var samples: Int?

  @Option(
    help: ArgumentHelp(
      "Make the best model whose file has at most so many bytes, such as 20000, 20KB or 20KiB.",
      valueName: "bytes"))
  var budget: ByteCount?

  @Option(
    help: ArgumentHelp(
      "Make the smallest file that loses at most so many points of accuracy (0.2 is 0.2 %), checked "
        + "on images of train-* of --evaluate that nothing else was done with.",
      valueName: "points"))
  var maxLoss: Double?

  @Option(
    help: ArgumentHelp(
      "The step of all codes in units of the scores, instead of a search: 0.004 keeps nearly "
        + "everything, 0.04 little.", valueName: "step"))
  var theta: Double?

  @Option(
    help: ArgumentHelp(
      "Write what the images say about the layers, to be used again.", valueName: "file"))
  var saveStatistics: String?

  @Option(
    help: ArgumentHelp(
      "Use saved statistics; without --calibrate layers are then not fitted to one another.",
      valueName: "file"))
  var statistics: String?

  @Flag(help: "Calibrate even with images that the model does not recognize.")
  var allowForeign = false

  /// Enough for networks of some hundred thousand weights; more changes sizes by 2 %.
  /// - Source: `Benchmarks/robustness`.
  static let standardSampleCount = 10_000

  /// The divergence that a conversion without further wishes accepts: about 0.1 point on the
  /// networks of `Benchmarks/frontier`.
  /// - Units: nats.
  static let standardDivergence = 0.004

  /// Whether a conversion with examples is asked for.
  var isGiven: Bool { calibrate != nil || statistics != nil }

  func validate() throws {
    let needing = [
      ("--samples", samples != nil), ("--max-loss", maxLoss != nil), ("--budget", budget != nil),
      ("--save-statistics", saveStatistics != nil), ("--allow-foreign", allowForeign),
    ]
    if calibrate == nil, let option = needing.first(where: \.1) {
      throw ValidationError("\(option.0) needs images; pass --calibrate FOLDER")
    }
    guard isGiven || theta == nil else {
      throw ValidationError("--theta needs images; pass --calibrate FOLDER")
    }
    guard theta == nil || (budget == nil && maxLoss == nil) else {
      throw ValidationError("--theta is what --budget and --max-loss look for; drop one of them")
    }
    try checkNumbers()
  }

  private func checkNumbers() throws {
    if let samples, samples < 1 {
      throw ValidationError("--samples \(samples): expected at least 1")
    }
    if let theta, !(theta > 0 && theta.isFinite) {
      throw ValidationError("--theta \(theta): expected a number above 0, such as 0.011")
    }
    if let maxLoss, !(maxLoss > 0 && maxLoss <= 100) {
      throw ValidationError("--max-loss \(maxLoss): expected points above 0, such as 0.2")
    }
  }

  /// Takes over what a saved plan says.
  /// - Throws: `Failure` for a plan without calibration or for wishes beside it.
  mutating func follow(_ plan: Plan) throws {
    guard let saved = plan.calibration else {
      throw Failure(.usage, "the plan was made without images; drop --calibrate, or make another")
    }
    guard theta == nil, budget == nil, maxLoss == nil, samples == nil else {
      throw Failure(
        .usage, "the plan says what --theta, --budget, --max-loss and --samples say; drop them")
    }
    guard saved.step > 0, saved.step.isFinite, saved.exampleCount > 0 else {
      throw Failure(
        .badData,
        "the plan's calibration has step \(saved.step) and \(saved.exampleCount) examples; "
          + "expected both above 0")
    }
    (theta, samples) = (saved.step, saved.exampleCount)
  }

  /// What a search is to find; `nil` with a given θ.
  var goal: SearchGoal? {
    if theta != nil { return nil }
    if let maxLoss { return .loss(points: maxLoss) }
    if let budget { return .budget(bytes: budget.value) }
    return .divergence(nats: Self.standardDivergence)
  }
}

/// A size as people write it: `20000`, `20KB` (20 000), `20KiB` (20 480), also MB and MiB.
struct ByteCount: ExpressibleByArgument {
  let value: Int

  init?(argument: String) {
    let units = [("KiB", 1024), ("MiB", 1 << 20), ("KB", 1000), ("kB", 1000), ("MB", 1_000_000)]
    let unit = units.first { argument.hasSuffix($0.0) }
    let digits = argument.dropLast(unit?.0.count ?? 0)
    guard let number = Double(digits), number >= 1, number < 1e12 else { return nil }
    value = Int(number * Double(unit?.1 ?? 1))
  }
}
