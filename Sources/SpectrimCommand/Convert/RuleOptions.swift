internal import ArgumentParser
internal import SpectrimCompression
internal import SpectrimCore

/// What the weights are cut to: together they make a plan.
struct RuleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How ranks are chosen: auto (default), full, mp, mp:notebook, "
        + "mp:sigma=init|bulk|median|NUMBER, energy=SHARE, error=SHARE, fixed=RANK, ratio=NUMBER.",
      valueName: "rule"))
  var rank: String?

  @Option(
    help: ArgumentHelp(
      "Store every layer as a chain of factors with these ranks between them.",
      valueName: "r1,r2"))
  var stages: String?

  @Option(
    help: ArgumentHelp(
      "How weights become codes: auto (default with --rank auto), 8 (default otherwise) down to 2 "
        + "bits, or none.", valueName: "bits"))
  var quantize: String?

  @Option(help: "One scale per tensor, or per row of U and column of V (default: channel).")
  var scale: ScaleScheme?

  @Option(
    help: ArgumentHelp(
      "The relative error that auto accepts in the largest layer; smaller layers get less (default: "
        + "\(AutomaticChoice.defaultError)).", valueName: "share"))
  var autoError: Double?

  @Option(
    help: ArgumentHelp(
      "Set weights to zero or leave neurons out: magnitude=SHARE, threshold=NUMBER, "
        + "columns[=SHARE], neurons[=SHARE]; without a share, what is zero or without effect.",
      valueName: "setting"))
  var prune: String?

  @Option(
    name: .customLong("layer"),
    help: ArgumentHelp(
      "Settings for the layers whose whole name matches: rank:RULE, quantize:BITS, "
        + "scale:tensor|channel, prune:SETTING, keep:dense, skip, separated by commas; later options win.",
      valueName: "pattern=>settings"))
  var layers: [String] = []

  @Option(help: "How the weights were drawn before training, which fixes the noise of --rank mp.")
  var initializer: Initializer?

  @Flag(help: "Tell the largest singular value of each matrix with its entries shuffled.")
  var control = false

  @Option(help: "The seed of --control (default: 0).")
  var seed: UInt64?

  func validate() throws {
    guard rank == nil || stages == nil else {
      throw ValidationError("--rank and --stages exclude each other; pass one of them")
    }
    guard seed == nil || control else {
      throw ValidationError("--seed has no effect without --control; pass both")
    }
  }

  /// Whether anything was asked for.
  var isGiven: Bool {
    rank != nil || stages != nil || quantize != nil || scale != nil || autoError != nil
      || prune != nil || !layers.isEmpty || initializer != nil || control
  }

  /// Whether more was asked for than a calibration leaves open.
  var choosesWeights: Bool {
    rank != nil || stages != nil || quantize != nil || scale != nil || autoError != nil
      || prune != nil || control
  }

  /// The settings of the planner.
  /// - Throws: `CompressionError` for words that mean nothing.
  func settings(storage: StorageSettings) throws -> CompressionSettings {
    let treatment: LayerTreatment =
      if let stages { try LayerTreatment(stages: stages) } else {
        .rank(try rank.map { try RankRule($0) } ?? .automatic)
      }
    return CompressionSettings(
      treatment: treatment, quantization: try quantize.map { try QuantizationRequest($0) },
      scale: scale, autoError: autoError ?? AutomaticChoice.defaultError,
      pruning: try prune.map { try Pruning(setting: $0) },
      overrides: try layers.map { try LayerOverride($0) }, initializer: initializer,
      controlSeed: control ? seed ?? 0 : nil, storage: storage)
  }
}
