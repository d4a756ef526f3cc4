public import SpectrimCore

/// How a network was trained and what was written.
public struct TrainingReport: Report, Equatable {
  /// The settings by their names on the command line.
  public let settings: [String: String]
  /// One entry per epoch.
  public let history: [TrainingRecord.Epoch]
  /// The share of right answers on the test set of the model as it is stored, 0…1.
  public let accuracy: Double
  /// How many test images there were.
  public let count: Int
  /// The size of the file.
  public let bytes: Int
  /// `4 · (weights + biases)` of the dense network.
  public let denseBytes: Int
  /// `denseBytes / bytes`; null for an empty file.
  public let ratio: Double?
  /// How long it took, reading and writing included.
  public let seconds: Double

  /// Describes a training; there must be a test image.
  public init(
    _ training: TrainingRecord, model: Model, correct: Int, count: Int, fileBytes: Int,
    seconds: Double
  ) {
    precondition(count > 0, "an accuracy without images")
    let totals = Totals(model, fileBytes: fileBytes)
    settings = training.settings
    history = training.history
    accuracy = Double(correct) / Double(count)
    self.count = count
    bytes = fileBytes
    denseBytes = totals.denseBytes
    ratio = totals.ratio
    self.seconds = seconds
  }

  enum CodingKeys: String, CodingKey {
    case settings, history, accuracy, count, bytes, denseBytes, ratio, seconds
  }

  /// Writes every field, absent ones as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(settings, forKey: .settings)
    try container.encode(history, forKey: .history)
    try container.encode(accuracy, forKey: .accuracy)
    try container.encode(count, forKey: .count)
    try container.encode(bytes, forKey: .bytes)
    try container.encode(denseBytes, forKey: .denseBytes)
    try container.encode(ratio, forKey: .ratio)
    try container.encode(seconds, forKey: .seconds)
  }

  /// The head of the table of epochs.
  public static let head = "epoch    loss  train accuracy  test accuracy\n"

  /// The line of an epoch, counted from 1, which can be shown as soon as it is over.
  public static func line(_ number: Int, _ epoch: TrainingRecord.Epoch) -> String {
    let cells = [
      ("\(number)", 5), (NumberText.fixed(epoch.loss, 4), 8),
      (NumberText.percent(epoch.accuracy), 16), (NumberText.percent(epoch.testAccuracy), 15),
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

  /// What was written, and how good it is.
  public var summary: String {
    "wrote \(NumberText.bytes(bytes)) for \(NumberText.bytes(denseBytes)) of dense floats in "
      + "\(NumberText.fixed(seconds, 2)) s\n"
      + "accuracy \(NumberText.percent(accuracy)) on \(NumberText.count(count)) test images\n"
  }
}
