public import SpectrimCore
internal import SpectrimFormat
internal import SpectrimHDF5

extension ModelFile {
  /// Writes a model to a new file, reads it back, compares and only then gives it its name.
  ///
  /// The same model and settings give the same bytes on one machine.
  /// - Throws: `ModelFileError` when the target exists and `overwrite` is false, cannot be written,
  ///   or does not read back as it was written.
  @discardableResult
  public static func write(
    _ model: Model, to path: String, storage: StorageSettings = StorageSettings(),
    overwrite: Bool = false
  ) throws -> ModelFile {
    let layers = model.steps.enumerated().map { $1.formatNode(index: $0) }
    var digest = ContentDigest()
    digest.add(model.headerNode)
    for layer in layers { digest.add(layer) }
    var record = model.record
    record?.digests = digest.digests
    let content = Content(model: model, layers: layers, record: record)
    var result: ModelFile?
    try AtomicFile.replace(path, overwrite: overwrite) { partial in
      do { try content.write(to: partial, storage: storage) } catch let error as HDF5Error {
        throw ModelFileError(
          .cannotWrite, file: path, ModelFileError(error, file: partial).message)
      }
    } check: { partial in
      let file = try readBack(partial, for: path)
      guard file.digests.content == digest.digests.content else {
        throw ModelFileError(
          .cannotWrite, file: path, "does not read back as it was written; check the disk")
      }
      result = file
    }
    guard let result else { throw ModelFileError(.cannotWrite, file: path, "was not written") }
    return result
  }

  /// What fails here names the target, not the partial file, which is gone when somebody reads it.
  private static func readBack(_ partial: String, for target: String) throws -> ModelFile {
    do { return try read(at: partial, allowNonFinite: true) } catch let error as ModelFileError {
      throw ModelFileError(
        .cannotWrite, file: target, "does not read back as it was written: \(error.message)")
    }
  }

  /// All that goes into a file.
  private struct Content {
    let model: Model
    let layers: [FormatNode]
    let record: ConversionRecord?

    func write(to path: String, storage: StorageSettings) throws {
      let tensorByteCount = layers.reduce(0) { $0 + $1.tensorByteCount }
      let isSmall = tensorByteCount < FormatLimit.pooledByteCount
      let isPooled = (storage.form ?? (isSmall ? .pooled : .tree)) == .pooled
      var root = model.headerNode
      let input = root.groups[FormatName.input]
      if isPooled { root.groups = [:] }
      let links =
        isPooled
        ? [FormatName.pool] : [FormatName.layers] + (record == nil ? [] : [FormatName.report])
      let file = try HDF5File.create(
        at: path, smallFile: tensorByteCount < ModelFile.smallFileByteCount,
        contents: root.contents(furtherLinks: links))
      let datasets = DatasetWriter(storage)
      var nodes = NodeWriter(datasets)
      try nodes.write(root, in: file.root)
      let report = try record.map(RecordCoding.text)
      if isPooled {
        let pooled = try PooledForm(
          smallestOf: [input].compactMap(\.self) + layers, for: storage)
        try write(pooled, report, datasets, in: file.root)
      } else {
        try writeTree(&nodes, in: file.root)
        if let report { try datasets.write(report, named: FormatName.report, in: file.root) }
      }
      try file.close()
    }

    private func writeTree(_ nodes: inout NodeWriter, in root: HDF5Group) throws {
      var tree = FormatNode(path: "/\(FormatName.layers)")
      for layer in layers { tree.groups[layer.name] = layer }
      try nodes.write(tree, in: try root.createGroup(FormatName.layers, contents: tree.contents()))
    }

    /// The report stands beside the index: together they compress better, and a dataset of its own
    /// would cost 130 bytes.
    private func write(
      _ pooled: PooledForm, _ report: String?, _ datasets: DatasetWriter, in root: HDF5Group
    ) throws {
      var contents = HDF5GroupContents()
      for pool in pooled.pools.keys { contents.addLink(pool.rawValue) }
      contents.addLink(FormatName.poolIndex)
      let group = try root.createGroup(FormatName.pool, contents: contents)
      for pool in TensorPool.allCases {
        guard let bytes = pooled.pools[pool] else { continue }
        try datasets.write(bytes, of: pool, in: group)
      }
      try datasets.write(
        [pooled.index] + (report.map { [$0] } ?? []), named: FormatName.poolIndex, in: group)
    }
  }

  /// Below this many bytes of tensors a file uses 4-byte offsets, which address 4 GiB.
  private static let smallFileByteCount = 1 << 30
}
