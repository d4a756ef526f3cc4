public import SpectrimCore
public import SpectrimFormat
internal import SpectrimHDF5

/// A checkpoint in a file: its names and sides in memory, its tensors read one at a time.
public struct CheckpointFile: CheckpointSource {
  /// The file.
  public let path: String
  /// What the root says.
  public let header: CheckpointHeader
  /// What there is, in the order of the source.
  public let entries: [CheckpointEntry]
  /// How the checkpoint came to be, where that is recorded.
  public let record: ConversionRecord?
  /// Bytes of the whole file.
  public let byteCount: Int
  /// What was overlooked while reading, such as attributes of a newer minor version.
  public let warnings: [String]

  private let tensors: HDF5Group
  private let links: [String]
  private let allowNonFinite: Bool

  /// The name, for people.
  public var name: String { header.name }

  /// Takes the root of an open file; `nil` if it is that of a model.
  init?(
    root group: HDF5Group, _ root: FormatNode, path: String, byteCount: Int, allowNonFinite: Bool
  ) throws {
    guard let header = try CheckpointHeader(from: root) else { return nil }
    let reader = NodeReader(fileByteCount: byteCount, types: ScalarType.allCases)
    self.header = header
    self.path = path
    self.byteCount = byteCount
    self.allowNonFinite = allowNonFinite
    let tensors = try group.group(named: FormatName.tensors)
    var walk = NodeReader.Walk()
    let place = "/\(FormatName.tensors)"
    let nodes = try reader.linkNames(in: tensors, at: place, &walk).map { link in
      try reader.outline(of: try tensors.group(named: link), at: "\(place)/\(link)")
    }
    let ordered = try PooledForm.ordered(nodes)
    self.tensors = tensors
    links = ordered.map(\.name)
    entries = try ordered.map { try CheckpointEntry(from: $0) }
    record = try reader.text(FormatName.report, in: group).map { try RecordCoding.checked($0) }
    warnings =
      header.version.minor > FormatVersion.current.minor
      ? ["format version \(header.version) is newer than \(FormatVersion.current)"] : []
  }

  /// Reads one tensor.
  /// - Throws: `ModelFileError` with the file, the place and the defect.
  public func content(of index: Int) throws -> CheckpointContent {
    try stored(index).content
  }

  /// Reads one tensor with the bytes that it takes in the file.
  /// - Throws: `ModelFileError` with the file, the place and the defect.
  public func stored(_ index: Int) throws -> (content: CheckpointContent, byteCount: Int) {
    try ModelFileError.located(in: path) {
      let (node, byteCount) = try read(index)
      if !allowNonFinite { try node.checkIsFinite() }
      return (try entries[index].content(from: node), byteCount)
    }
  }

  /// The group of a tensor with all below it.
  func node(of index: Int) throws -> FormatNode { try read(index).node }

  private func read(_ index: Int) throws -> (node: FormatNode, storedByteCount: Int) {
    var walk = NodeReader.Walk()
    let reader = NodeReader(fileByteCount: byteCount, types: ScalarType.allCases)
    let node = try reader.node(
      of: try tensors.group(named: links[index]), at: "/\(FormatName.tensors)/\(links[index])",
      &walk)
    return (node, walk.storedByteCount)
  }
}

/// A file of ours, whatever it holds.
public enum SpectrimFile: Sendable {
  /// A chain that can be run.
  case model(ModelFile)
  /// Tensors alone.
  case checkpoint(CheckpointFile)

  /// Whether a file, which no folder is, says that it is one of ours; one that is not there or is damaged counts as
  /// ours if it starts like HDF5, so that reading it tells what is wrong.
  public static func isFound(at path: String) throws -> Bool {
    if FilePieces.isFolder(path) { return false }
    do {
      let file = try HDF5File.open(at: path)
      return try !Set(file.root.attributes.names()).isDisjoint(
        with: [FormatName.format, FormatName.formatVersion])
    } catch let error as HDF5Error {
      return error.code != .notHDF5
    }
  }

  /// What was overlooked while reading.
  public var warnings: [String] {
    switch self {
    case .model(let file): file.warnings
    case .checkpoint(let file): file.warnings
    }
  }

  /// Reads and checks a model, or opens a checkpoint.
  /// - Throws: `ModelFileError` with the file, the place and the first defect.
  public static func read(at path: String, allowNonFinite: Bool = false) throws -> SpectrimFile {
    let checkpoint = try ModelFileError.located(in: path) { () throws -> CheckpointFile? in
      let file = try HDF5File.open(at: path)
      let byteCount = try FilePieces.byteCount(of: path)
      let root = try NodeReader(fileByteCount: byteCount).root(of: file.root)
      return try CheckpointFile(
        root: file.root, root, path: path, byteCount: byteCount, allowNonFinite: allowNonFinite)
    }
    return try checkpoint.map(SpectrimFile.checkpoint)
      ?? .model(ModelFile.read(at: path, allowNonFinite: allowNonFinite))
  }
}
