public import SpectrimCore
public import SpectrimFormat
internal import SpectrimHDF5

extension CheckpointFile {
  /// Writes a checkpoint tensor by tensor, reads it back, compares and only then gives it its name.
  /// - Parameters:
  ///   - header: name and reason.
  ///   - entries: what will come, all of it.
  ///   - contents: gives the contents in the order of the entries to its argument, and in the end
  ///     the record.
  /// - Throws: `ModelFileError` when the target exists and `overwrite` is false, cannot be written,
  ///   or does not read back as it was written; what `contents` throws.
  @discardableResult
  public static func write(
    _ header: CheckpointHeader, _ entries: [CheckpointEntry], to path: String,
    storage: StorageSettings = StorageSettings(), overwrite: Bool = false,
    contents: ((CheckpointContent) throws -> Void) throws -> ConversionRecord?
  ) throws -> CheckpointFile {
    var digest = ContentDigest()
    try AtomicFile.replace(path, overwrite: overwrite) { partial in
      do {
        try write(header, entries, to: partial, storage, &digest, contents)
      } catch let error as HDF5Error {
        throw ModelFileError(.cannotWrite, file: path, ModelFileError(error, file: partial).message)
      }
    } check: { partial in
      guard try readBack(partial, for: path) == digest.digests.content else {
        throw ModelFileError(
          .cannotWrite, file: path, "does not read back as it was written; check the disk")
      }
    }
    guard case .checkpoint(let file) = try SpectrimFile.read(at: path, allowNonFinite: true) else {
      throw ModelFileError(.cannotWrite, file: path, "was not written")
    }
    return file
  }

  private static func write(
    _ header: CheckpointHeader, _ entries: [CheckpointEntry], to path: String,
    _ storage: StorageSettings, _ digest: inout ContentDigest,
    _ contents: ((CheckpointContent) throws -> Void) throws -> ConversionRecord?
  ) throws {
    let root = header.node
    let file = try HDF5File.create(
      at: path, contents: root.contents(furtherLinks: [FormatName.tensors, FormatName.report]))
    let datasets = DatasetWriter(storage)
    var nodes = NodeWriter(datasets)
    try nodes.write(root, in: file.root)
    digest.add(root)
    var list = HDF5GroupContents()
    for entry in entries { list.addLink(LinkName.encoded(entry.name)) }
    let group = try file.root.createGroup(FormatName.tensors, contents: list)
    var index = 0
    var record = try contents { content in
      let node = entries[index].formatNode(index: index, content)
      digest.add(node)
      try nodes.write(node, in: try group.createGroup(node.name, contents: node.contents()))
      index += 1
    }
    precondition(index == entries.count, "\(index) contents for \(entries.count) entries")
    record?.digests = digest.digests
    if let record {
      try datasets.write(RecordCoding.text(of: record), named: FormatName.report, in: file.root)
    }
    try file.close()
  }
}

extension CheckpointFile {
  /// The digest of what a partial file holds; what fails here names the target.
  private static func readBack(_ partial: String, for target: String) throws -> String? {
    do {
      guard case .checkpoint(let file) = try SpectrimFile.read(at: partial) else { return nil }
      var digest = ContentDigest()
      digest.add(file.header.node)
      for index in file.entries.indices {
        try ModelFileError.located(in: partial) { digest.add(try file.node(of: index)) }
      }
      return digest.digests.content
    } catch let error as ModelFileError {
      throw ModelFileError(
        .cannotWrite, file: target, "does not read back as it was written: \(error.message)")
    }
  }
}
