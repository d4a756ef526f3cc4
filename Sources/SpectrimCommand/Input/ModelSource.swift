internal import Foundation
internal import SpectrimCore
internal import SpectrimFiles
internal import SpectrimFormat
internal import SpectrimInterchange

/// A model or a checkpoint that was read, from whatever kind of file.
struct ModelSource {
  enum Content {
    case model(Model)
    case checkpoint(any CheckpointSource, reason: String)
  }

  let path: String
  private(set) var content: Content
  /// The kind of file, as reports and records name it.
  let format: String
  /// Bytes of the file, of all shards if there are several.
  let byteCount: Int
  /// Stored bytes per layer, where the file tells them.
  private(set) var layerByteCounts: [String: Int] = [:]
  /// How it came to be, where the file tells that.
  private(set) var record: ConversionRecord?
  /// The files it consists of.
  private let files: [String]

  /// A file of ours.
  init(_ file: SpectrimFile, at path: String) {
    self.path = path
    format = ModelFile.format
    files = [path]
    switch file {
    case .model(let file):
      content = .model(file.model)
      byteCount = file.byteCount
      layerByteCounts = file.layerByteCounts
      record = file.model.record
    case .checkpoint(let file):
      content = .checkpoint(file, reason: file.header.reason)
      byteCount = file.byteCount
      record = file.record
    }
  }

  /// A file of another program.
  init(_ imported: ImportedModel, at path: String) {
    self.path = path
    format = imported.format.rawValue
    files = imported.files.isEmpty ? [path] : imported.files
    byteCount = files.reduce(0) { sum, file in
      // Of a link the attributes would be its own.
      let target = URL(filePath: file).resolvingSymlinksInPath().path
      let attributes = try? FileManager.default.attributesOfItem(atPath: target)
      return sum + (attributes?[.size] as? Int ?? 0)
    }
    content =
      switch imported.content {
      case .model(let model): .model(model)
      case .checkpoint(let source, let reason): .checkpoint(source, reason: reason)
      }
  }

  /// The model, where a command needs one that can be run.
  /// - Throws: `Failure` that says why it cannot be.
  func runnable() throws -> Model {
    switch content {
    case .model(let model): return model
    case .checkpoint(_, let reason):
      throw Failure(
        .badData,
        "\(path): cannot be run, because \(reason); it can be inspected, converted and exported",
        path: path)
    }
  }

  /// A tensor with the bytes that it takes in the file, where the file tells them.
  func storedTensor(
    _ index: Int, of checkpoint: any CheckpointSource
  ) throws -> (content: CheckpointContent, byteCount: Int?) {
    guard let file = checkpoint as? CheckpointFile else {
      return (try checkpoint.content(of: index), nil)
    }
    return try file.stored(index)
  }

  /// The same source with a look at every tensor for NaN and infinities.
  /// - Throws: `ModelFileError` for a model that has some; a checkpoint throws when it is read.
  func checkedForFiniteValues() throws -> ModelSource {
    switch content {
    case .model(let model):
      try FiniteCheck.check(model, file: path)
      return self
    case .checkpoint(let checkpoint, let reason):
      var checked = self
      checked.content = .checkpoint(FiniteSource(base: checkpoint, path: path), reason: reason)
      return checked
    }
  }

  /// The SHA-256 of the file; of several that of their digests and names, one line each.
  func sha256() throws -> String {
    guard files.count > 1 else { return try FileDigest.sha256(ofFileAt: files[0]) }
    let lines = try files.map {
      "\(try FileDigest.sha256(ofFileAt: $0))  \(URL(filePath: $0).lastPathComponent)\n"
    }
    return FileDigest.sha256(of: lines.sorted().joined())
  }
}
