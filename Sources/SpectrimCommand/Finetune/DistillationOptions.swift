internal import ArgumentParser
internal import SpectrimData
internal import SpectrimTraining

/// How the codes, factors or adapters of a model learn from its teacher.
struct DistillationOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Passes over the data.", valueName: "count"))
  var epochs = 8

  @Option(
    help: ArgumentHelp(
      "The price of the codes in ten-thousandths of a nat of loss per bit: more makes the file "
        + "smaller.", valueName: "price"))
  var rate = 0.1

  @Option(
    name: .customLong("lr"),
    help: ArgumentHelp("The learning rate of codes, in units of one code.", valueName: "rate"))
  var codeRate: Float = 0.03

  @Option(
    name: .customLong("float-lr"),
    help: ArgumentHelp("The learning rate of weights in floats.", valueName: "rate"))
  var floatRate: Float = 0.001

  @Option(help: ArgumentHelp("Images per step.", valueName: "count"))
  var batch = 256

  @Option(
    help: ArgumentHelp(
      "Move each batch up to so many pixels in both directions, at random.", valueName: "pixels"))
  var shift = 0

  @Option(
    help: ArgumentHelp(
      "The last images of the training set, which are not learned from but judged by (default: "
        + "5000, at most a tenth).", valueName: "count"))
  var holdOut: Int?

  @Flag(help: "Learn from the teacher alone, not from the labels.")
  var noLabels = false

  @Option(help: "What the order and the shifts are drawn from.")
  var seed: UInt64 = 0

  func validate() throws {
    try check(epochs >= 1, "--epochs", "a count of at least 1")
    try check(rate >= 0 && rate.isFinite, "--rate", "0 or more")
    try check(codeRate > 0 && codeRate.isFinite, "--lr", "a number above 0")
    try check(floatRate > 0 && floatRate.isFinite, "--float-lr", "a number above 0")
    try check(batch >= 1, "--batch", "a count of at least 1")
    try check((0...1000).contains(shift), "--shift", "0 to 1000 pixels")
    try check(holdOut ?? 0 >= 0, "--hold-out", "0 or more")
  }

  private func check(_ isRight: Bool, _ name: String, _ expected: String) throws {
    guard isRight else { throw ValidationError("\(name): expected \(expected)") }
  }

  /// How many images of a set are not learned from.
  /// - Throws: `Failure` when nothing would be left.
  func heldOutCount(of count: Int) throws -> Int {
    let heldOut = holdOut ?? min(5000, count / 10)
    guard heldOut < count else {
      throw Failure(
        .usage, "--hold-out \(heldOut): the training set has \(count) images; expected fewer",
        found: "\(heldOut)", expected: "below \(count)")
    }
    return heldOut
  }

  /// The settings for images of some size.
  func settings(for images: ImageSet) -> DistillationSettings {
    DistillationSettings(
      epochs: epochs, batchSize: batch, codeRate: codeRate, floatRate: floatRate,
      teacherShare: noLabels ? 1 : DistillationSettings().teacherShare, rate: rate,
      shift: shift == 0
        ? nil
        : ImageShift(
          distance: shift, rowCount: images.rowCount, columnCount: images.columnCount),
      seed: seed)
  }

  /// The settings by their names on the command line, those that stand for nothing left out.
  func words(heldOut: Int, network: Network) -> [String: String] {
    var words = [
      "epochs": "\(epochs)", "batch": "\(batch)", "hold-out": "\(heldOut)", "seed": "\(seed)",
    ]
    if network.layers.contains(where: \.hasCodes) {
      words.merge(["rate": "\(rate)", "lr": "\(codeRate)"]) { $1 }
    }
    if network.layers.contains(where: \.hasFloats) { words["float-lr"] = "\(floatRate)" }
    if shift > 0 { words["shift"] = "\(shift)" }
    if noLabels { words["no-labels"] = "true" }
    return words
  }
}
