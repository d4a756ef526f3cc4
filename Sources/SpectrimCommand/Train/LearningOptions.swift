internal import ArgumentParser
internal import SpectrimTraining

/// How parameters follow their gradients.
enum OptimizerKind: String, CaseIterable, ExpressibleByArgument {
  case sgd, adam
}

/// How a network is trained; what is not given is as the source document has it.
struct LearningOptions: ParsableArguments {
  @Option(help: "How parameters follow their gradients (default: sgd).")
  var optimizer: OptimizerKind?

  @Option(
    name: .customLong("lr"),
    help: ArgumentHelp(
      "The learning rate (default: mlp and lenet5 0.02, softmax 0.1, adam 0.001).",
      valueName: "rate"))
  var rate: Float?

  @Option(help: "The momentum of sgd (default: mlp and lenet5 0.9, softmax 0).")
  var momentum: Float?

  @Option(
    help: ArgumentHelp(
      "How hard parameters are pulled towards 0: this times each is added to its gradient (sgd) "
        + "or, times the learning rate, taken off it (adam, as in AdamW).", valueName: "factor"))
  var weightDecay: Float = 0

  @Option(
    help: ArgumentHelp(
      "Images per step (default: mlp 128, softmax 100, lenet5 64).", valueName: "count"))
  var batch: Int?

  @Option(
    help: ArgumentHelp(
      "Passes over the data (default: mlp 5, softmax 20, lenet5 12).", valueName: "count"))
  var epochs: Int?

  @Option(
    help: "What every epoch leaves of the learning rate (default: lenet5 0.8, else 1).")
  var decay: Double?

  @Option(
    help: ArgumentHelp(
      "The share of the outputs of hidden linear layers that are switched off in training "
        + "(default: lenet5 0.5, else 0)."))
  var dropout: Double?

  @Option(help: "What weights, order and dropout are drawn from.")
  var seed: UInt64 = 0

  func validate() throws {
    guard optimizer != .adam || momentum == nil else {
      throw ValidationError("--momentum belongs to sgd; drop it with --optimizer adam")
    }
    try check(rate.map { $0 > 0 && $0.isFinite }, "--lr", "a number above 0")
    try check(momentum.map { (0..<1).contains($0) }, "--momentum", "0 to below 1")
    try check(weightDecay >= 0 && weightDecay.isFinite, "--weight-decay", "0 or more")
    try check(batch.map { $0 >= 1 }, "--batch", "a count of at least 1")
    try check(epochs.map { $0 >= 1 }, "--epochs", "a count of at least 1")
    try check(decay.map { $0 > 0 && $0 <= 1 }, "--decay", "above 0 to 1")
    try check(dropout.map { (0..<1).contains($0) }, "--dropout", "0 to below 1")
  }

  private func check(_ isRight: Bool?, _ name: String, _ expected: String) throws {
    guard isRight ?? true else { throw ValidationError("\(name): expected \(expected)") }
  }

  /// The settings of a document with what was asked for.
  func settings(from standard: TrainingSettings) -> TrainingSettings {
    var settings = standard
    var optimizer = standard.optimizer
    if self.optimizer == .adam {
      optimizer = .adam(rate: rate ?? 0.001, weightDecay: weightDecay)
    } else if case .sgd(let standardRate, let standardMomentum, _) = standard.optimizer {
      optimizer = .sgd(
        rate: rate ?? standardRate, momentum: momentum ?? standardMomentum,
        weightDecay: weightDecay)
    }
    settings.optimizer = optimizer
    settings.batchSize = batch ?? standard.batchSize
    settings.epochs = epochs ?? standard.epochs
    settings.dropout = dropout ?? standard.dropout
    settings.decay = decay ?? standard.decay
    settings.seed = seed
    return settings
  }
}
