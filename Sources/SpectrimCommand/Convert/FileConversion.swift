internal import SpectrimCompression
internal import SpectrimCore
internal import SpectrimFiles

/// A conversion from file to file, with its time.
struct FileConversion {
  /// The model that is converted, with the normalization that was asked for.
  let source: Model
  /// What the converter made of it.
  let result: Conversion

  private let compact: Model
  private let seconds: Double

  /// Plans and converts.
  init(
    _ read: Model, of file: ModelSource, normalization: Normalization?,
    order: CheckpointCompression.Order, threads: Int, stamp: String?, progress: Progress
  ) throws {
    let start = ContinuousClock.now
    source = try normalization.map { try read.normalized(by: $0) } ?? read
    let analysed = AnalysedModel(source)
    let plan =
      switch order {
      case .plan(let saved): saved
      case .settings(let settings):
        try Planner(settings: settings, threadCount: threads).plan(for: analysed) {
          progress.show(Double($0.index) / Double(2 * $0.count), "planning \($0.layer)")
        }
      }
    result = try Converter(plan: plan, threadCount: threads).convert(analysed) {
      progress.show(Double($0.index + $0.count) / Double(2 * $0.count), "converting \($0.layer)")
    }
    compact = try result.model(
      tool: RootCommand.tool,
      source: ConversionRecord.Source(format: file.format, sha256: try file.sha256()),
      stamp: stamp)
    seconds = (.now - start) / .seconds(1)
  }

  /// Writes the model; without a destination it is measured and removed.
  func write(to destination: Destination?) throws -> (file: ModelFile, seconds: Double) {
    let start = ContinuousClock.now
    let file = try ScratchFolder.with(destination) { path, overwrite in
      try ModelFile.write(compact, to: path, storage: result.plan.storage, overwrite: overwrite)
    }
    return (file, seconds + (.now - start) / .seconds(1))
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
