internal import SpectrimCompression
internal import SpectrimCore
internal import SpectrimFiles

/// A conversion from file to file, with its time.
struct FileConversion {
  /// The model that is converted, with the normalization that was asked for.
  let source: Model

  private let file: ModelSource
  private let digest: String
  private let stamp: String?
  private let storage: StorageSettings
  private let start = ContinuousClock.now

  /// Reads what a conversion needs to know besides the model.
  init(
    _ read: Model, of file: ModelSource, normalization: Normalization?, storage: StorageSettings,
    stamp: String?
  ) throws {
    self.file = file
    self.storage = storage
    self.stamp = stamp
    source = try normalization.map { try read.normalized(by: $0) } ?? read
    digest = try file.sha256()
  }

  /// Plans and converts by the weights alone.
  func converted(
    _ order: CheckpointCompression.Order, threads: Int, progress: Progress
  ) throws -> Conversion {
    let analysed = AnalysedModel(source)
    let plan =
      switch order {
      case .plan(let saved): saved
      case .settings(let settings):
        try Planner(settings: settings, threadCount: threads).plan(for: analysed) {
          progress.show(Double($0.index) / Double(2 * $0.count), "planning \($0.layer)")
        }
      }
    return try Converter(plan: plan, threadCount: threads).convert(analysed) {
      progress.show(Double($0.index + $0.count) / Double(2 * $0.count), "converting \($0.layer)")
    }
  }

  /// Whether a small file of ours would only grow by what is recorded about its conversion.
  func grows(by conversion: Conversion) throws -> Bool {
    guard file.format == ModelFile.format, file.byteCount <= Self.smallByteCount else {
      return false
    }
    return try write(conversion, to: nil).file.byteCount > file.byteCount
  }

  /// Above this size a record weighs less than what `auto` saves.
  private static let smallByteCount = 64 << 10

  /// Writes a conversion; without a destination it is measured and removed.
  /// - Parameter isRecorded: whether the file tells of it; a copy keeps the record that it has.
  /// - Returns: the file and the seconds since the model was read.
  func write(
    _ conversion: Conversion, isRecorded: Bool = true, to destination: Destination?
  ) throws -> (file: ModelFile, seconds: Double) {
    let compact =
      isRecorded
      ? try conversion.model(
        tool: RootCommand.tool,
        source: ConversionRecord.Source(format: file.format, sha256: digest), stamp: stamp)
      : source
    let file = try ScratchFolder.with(destination) { path, overwrite in
      try ModelFile.write(compact, to: path, storage: storage, overwrite: overwrite)
    }
    return (file, (.now - start) / .seconds(1))
  }
}

extension Model {
  /// The same model with other treatment of pixels.
  fileprivate func normalized(by normalization: Normalization) throws -> Model {
    let input = try ModelInput(
      shape: input.shape, layout: input.layout, normalization: normalization)
    return try Model(name: name, input: input, steps: steps, labels: labels, record: record)
  }
}
