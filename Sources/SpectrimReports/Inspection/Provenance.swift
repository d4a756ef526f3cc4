public import SpectrimCore

/// How a model came to be.
public struct Provenance: Sendable, Encodable, Equatable {
  /// Name and version of the program that wrote the file.
  public let tool: String
  /// The kind of file that the model was made from, or `training`.
  public let sourceFormat: String
  /// The SHA-256 of that file; null for a trained model.
  public let sourceSHA256: String?
  /// The text the user asked to be stamped with; null if there was none.
  public let stamp: String?
  /// How the model was trained; null if this program did not do it.
  public let training: TrainingRecord?

  /// Takes what a record says.
  public init(_ record: ConversionRecord) {
    tool = record.tool
    sourceFormat = record.source.format
    sourceSHA256 = record.source.sha256
    stamp = record.stamp
    training = record.training
  }

  enum CodingKeys: String, CodingKey {
    case tool, sourceFormat, sourceSHA256, stamp, training
  }

  /// Writes every field, absent ones as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(tool, forKey: .tool)
    try container.encode(sourceFormat, forKey: .sourceFormat)
    try container.encode(sourceSHA256, forKey: .sourceSHA256)
    try container.encode(stamp, forKey: .stamp)
    try container.encode(training, forKey: .training)
  }

  /// The lines that people read, not escaped.
  var lines: [String] {
    let digest = sourceSHA256.map { ", sha256 \($0)" } ?? ""
    let origin =
      sourceFormat == "training" ? "trained by \(tool)" : "\(tool) from \(sourceFormat)\(digest)"
    return [origin] + [trainingLine, stamp.map { "stamp \($0)" }].compactMap { $0 }
  }

  private var trainingLine: String? {
    guard let training else { return nil }
    let settings = training.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    guard let last = training.history.last else { return settings.joined(separator: ", ") }
    let (accuracy, on) =
      last.testAccuracy.map { ($0, "test") } ?? last.heldOut.map { ($0.accuracy, "held-out") }
      ?? (last.accuracy, "training")
    // A small file has the last epoch alone.
    let count = training.settings["epochs"] ?? "\(training.history.count)"
    return (settings + ["\(NumberText.percent(accuracy)) on \(on) images after \(count) epochs"])
      .joined(separator: ", ")
  }
}
