internal import Foundation
internal import SpectrimCompression
internal import SpectrimCore
internal import SpectrimFiles

/// A conversion from file to file, with its time.
struct FileConversion {
  /// The model that was read, with the normalization that was asked for.
  let source: Model
  /// What the converter made of it.
  let result: Conversion

  private let compact: Model
  private let seconds: Double

  /// Reads, plans and converts.
  init(
    input: String, normalization: Normalization?, settings: CompressionSettings,
    plans: PlanOptions, threads: Int, stamp: String?, common: CommonOptions, progress: Progress
  ) throws {
    let start = ContinuousClock.now
    let saved = try plans.plan.map { try PlanFile.read(at: $0) }
    let read = try common.read(input).model
    source = try normalization.map { try read.normalized(by: $0) } ?? read
    let analysed = AnalysedModel(source)
    let plan =
      try saved
      ?? Planner(settings: settings, threadCount: threads).plan(for: analysed) {
        progress.show(Double($0.index) / Double(2 * $0.count), "planning \($0.layer)")
      }
    result = try Converter(plan: plan, threadCount: threads).convert(analysed) {
      progress.show(Double($0.index + $0.count) / Double(2 * $0.count), "converting \($0.layer)")
    }
    compact = try result.model(
      tool: RootCommand.tool,
      source: ConversionRecord.Source(
        format: "spectrim-model", sha256: try FileDigest.sha256(ofFileAt: input)), stamp: stamp)
    seconds = (.now - start) / .seconds(1)
  }

  /// Writes the model; without a destination it goes to a folder for temporary files, so that its
  /// size is known, and is removed.
  func write(to destination: Destination?) throws -> (file: ModelFile, seconds: Double) {
    let (start, storage) = (ContinuousClock.now, result.plan.storage)
    guard let destination else {
      let folder = FileManager.default.temporaryDirectory
        .appending(path: "spectrim-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
      defer { try? FileManager.default.removeItem(at: folder) }
      let file = try ModelFile.write(
        compact, to: folder.appending(path: "dry-run.h5").path, storage: storage)
      return (file, seconds + (.now - start) / .seconds(1))
    }
    let file = try ModelFile.write(
      compact, to: destination.path, storage: storage, overwrite: destination.force)
    return (file, seconds + (.now - start) / .seconds(1))
  }
}

extension Model {
  /// The same model with other treatment of pixels.
  fileprivate func normalized(by normalization: Normalization) throws -> Model {
    let input = try ModelInput(
      shape: input.shape, layout: input.layout, normalization: normalization)
    return try Model(name: name, input: input, layers: layers, labels: labels, record: record)
  }
}
