internal import Foundation
internal import SpectrimCompression
internal import SpectrimCore
internal import SpectrimFiles
internal import SpectrimFormat
internal import SpectrimReports

/// A conversion of tensors without a graph, each read, converted and written before the next.
struct CheckpointConversion {
  private let reason: String
  /// What was done.
  let outcome: CheckpointCompression.Outcome
  /// What was written.
  let tally: CheckpointTally
  let byteCount: Int
  let seconds: Double

  /// Converts and writes; without a destination the file goes to a folder for temporary files, so
  /// that its size is known, and is removed.
  init(
    _ checkpoint: any CheckpointSource, reason: String, of source: ModelSource,
    order: CheckpointCompression.Order, threads: Int, stamp: String?, to destination: Destination?,
    progress: Progress
  ) throws {
    self.reason = reason
    let start = ContinuousClock.now
    let compression = CheckpointCompression(order, threadCount: threads)
    let storage = try order.checkedStorage()
    var outcome: CheckpointCompression.Outcome?
    let digest = try source.sha256()
    let sizes = checkpoint.entries.map { Double($0.byteCount) }
    let done = sizes.reduce(into: [0.0]) { $0.append($0[$0.count - 1] + $1) }
    let sum = max(done[done.count - 1], 1)
    (tally, byteCount) = try ScratchFolder.with(destination) { path, overwrite in
      let file = try CheckpointFile.write(
        CheckpointHeader(name: checkpoint.name, reason: reason), checkpoint.entries, to: path,
        storage: storage, overwrite: overwrite
      ) { append in
        let made = try compression.run(checkpoint) {
          progress.show(done[$0.index] / sum, "converting \($0.layer)")
        } emit: {
          try append($0)
        }
        outcome = made
        return ConversionRecord(
          tool: RootCommand.tool, source: .init(format: source.format, sha256: digest),
          plan: made.plan, figures: made.figures, stamp: stamp)
      }
      return (try CheckpointTally(file), file.byteCount)
    }
    guard let outcome else { preconditionFailure("the writer did not ask for contents") }
    self.outcome = outcome
    seconds = (.now - start) / .seconds(1)
  }

  /// What somebody should know before using the result.
  var warnings: [String] {
    let compressed = outcome.plan.layers.contains { $0.representation != nil }
    return ["the result cannot be run, because \(reason)"]
      + (compressed ? [] : ["none of its tensors could be compressed"]) + outcome.plan.warnings
  }
}

extension CheckpointTally {
  /// Reads the tensors of a file once, one at a time.
  init(_ file: CheckpointFile) throws {
    self.init(name: file.name, reason: file.header.reason, record: file.record)
    for (index, entry) in file.entries.enumerated() {
      let (content, byteCount) = try file.stored(index)
      add(entry, content, bytes: byteCount)
    }
  }
}

extension CheckpointCompression.Order {
  /// How the file is to be written.
  var storage: StorageSettings {
    switch self {
    case .settings(let settings): settings.storage
    case .plan(let plan): plan.storage
    }
  }

  /// Whether all that is asked for is a smaller file.
  var isAutomatic: Bool {
    guard case .settings(let settings) = self else { return false }
    return settings.treatment == .rank(.automatic) && settings.overrides.isEmpty
      && settings.pruning == nil
  }

  /// The same for a checkpoint, which has one form.
  fileprivate func checkedStorage() throws -> StorageSettings {
    guard storage.form != .pooled else {
      throw Failure(.usage, "--form pooled: a checkpoint has one form; leave the option out")
    }
    return storage
  }
}
