internal import ArgumentParser
internal import SpectrimCore

/// How a model file is laid out and coded.
struct StorageOptions: ParsableArguments {
  @Option(help: "The lossless coder of the tensors (default: zstd).")
  var codec: StorageSettings.Codec?

  @Option(help: "The level of the coder (default: by size).")
  var level: Int?

  @Option(help: "One dataset per tensor, or one per type of number (default: by size).")
  var form: StorageSettings.Form?

  /// Whether anything was asked for.
  var isGiven: Bool { codec != nil || level != nil || form != nil }

  func validate() throws {
    let codec = settings.codec
    guard let level, codec.levels?.contains(level) != true else { return }
    // Without a codec that compresses, the levels of the usual one are as good an example as any.
    let levels = codec.levels ?? 1...22
    throw ValidationError(
      "--level \(level): expected \(levels.lowerBound) to \(levels.upperBound) with a codec "
        + "that compresses")
  }

  /// What the writer is told.
  var settings: StorageSettings {
    StorageSettings(codec: codec ?? .zstd, level: level, form: form)
  }
}
