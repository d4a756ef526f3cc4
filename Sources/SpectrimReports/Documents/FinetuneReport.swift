public import SpectrimCore

/// How a compact model learned from its teacher and what was written.
public struct FinetuneReport: Report, Equatable {
  /// The settings by their names on the command line, and `teacher`: the SHA-256 of the model that
  /// was learned from, or `source` where that is the source of the conversion.
  public let settings: [String: String]
  /// One entry per epoch.
  public let history: [TrainingRecord.Epoch]
  /// What was reached on the images that were not learned from; null if there were none.
  public let heldOut: HeldOut?
  /// The size of the file that was trained.
  public let bytesBefore: Int
  /// The size of the new file.
  public let bytes: Int
  /// `4 · (weights + biases)` of the dense network.
  public let denseBytes: Int
  /// `denseBytes / bytes`; null for an empty file.
  public let ratio: Double?
  /// How long it took, reading and writing included.
  public let seconds: Double
  /// What the user should know, in sentences.
  public let warnings: [String]

  /// The images that were not learned from, before and after.
  public struct HeldOut: Sendable, Encodable, Equatable {
    /// How many there are.
    public let count: Int
    /// What the model reached before the first step.
    public let before: TrainingRecord.HeldOut
    /// What it reached after the last step.
    public let after: TrainingRecord.HeldOut
  }

  /// Describes a training.
  public init(
    _ training: TrainingRecord, before: TrainingRecord.HeldOut?, heldOutCount: Int, model: Model,
    sourceBytes: Int, fileBytes: Int, seconds: Double, warnings: [String] = []
  ) {
    let totals = Totals(model, fileBytes: fileBytes)
    settings = training.settings
    history = training.history
    if let before, let after = training.history.last?.heldOut {
      heldOut = HeldOut(count: heldOutCount, before: before, after: after)
    } else {
      heldOut = nil
    }
    bytesBefore = sourceBytes
    bytes = fileBytes
    denseBytes = totals.denseBytes
    ratio = totals.ratio
    self.seconds = seconds
    self.warnings = warnings
  }

  enum CodingKeys: String, CodingKey {
    case settings, history, heldOut, bytesBefore, bytes, denseBytes, ratio, seconds, warnings
  }

  /// Writes every field, absent ones as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(settings, forKey: .settings)
    try container.encode(history, forKey: .history)
    try container.encode(heldOut, forKey: .heldOut)
    try container.encode(bytesBefore, forKey: .bytesBefore)
    try container.encode(bytes, forKey: .bytes)
    try container.encode(denseBytes, forKey: .denseBytes)
    try container.encode(ratio, forKey: .ratio)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(warnings, forKey: .warnings)
  }

  /// The head of the table of epochs.
  public static let head = "epoch    loss  train accuracy  held-out accuracy  as the teacher\n"

  /// The line of an epoch, counted from 1, which can be shown as soon as it is over.
  public static func line(_ number: Int, _ epoch: TrainingRecord.Epoch) -> String {
    let cells = [
      ("\(number)", 5), (NumberText.fixed(epoch.loss, 4), 8),
      (NumberText.percent(epoch.accuracy), 16),
      (NumberText.percent(epoch.heldOut?.accuracy), 19),
      (NumberText.percent(epoch.heldOut?.agreement), 16),
    ]
    return cells.map { text, width in
      String(repeating: " ", count: max(0, width - text.count)) + text
    }.joined() + "\n"
  }

  /// The table of epochs and the sum.
  public var text: String {
    let lines = history.enumerated().map { Self.line($0 + 1, $1) }
    return Self.head + lines.joined() + summary
  }

  /// What was written, and how good it is beside what was read.
  public var summary: String {
    let sizes =
      "wrote \(NumberText.count(bytes)) B in place of \(NumberText.count(bytesBefore)) B, for "
      + "\(NumberText.bytes(denseBytes)) of dense floats, in \(NumberText.fixed(seconds, 2)) s\n"
    guard let heldOut else { return sizes }
    return sizes
      + "accuracy \(NumberText.percent(heldOut.after.accuracy)), before "
      + "\(NumberText.percent(heldOut.before.accuracy)), on \(NumberText.count(heldOut.count)) "
      + "images that were not learned from\n"
  }
}
