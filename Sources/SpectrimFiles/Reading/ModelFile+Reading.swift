internal import SpectrimCore
internal import SpectrimFormat
internal import SpectrimHDF5

extension ModelFile {
  /// Reads and checks a model.
  ///
  /// Anything HDF5 can open is taken, whoever wrote it, as long as the content is what
  /// `Schemas/format.md` says.
  /// - Throws: `ModelFileError` with the file, the place and the first defect.
  public static func read(at path: String, allowNonFinite: Bool = false) throws -> ModelFile {
    try ModelFileError.located(in: path) {
      let file = try HDF5File.open(at: path)
      let result = try Reader(file: file, path: path, allowNonFinite: allowNonFinite).read()
      try file.close()
      return result
    }
  }

  private struct Reader {
    let file: HDF5File
    let path: String
    let allowNonFinite: Bool

    func read() throws -> ModelFile {
      let byteCount = try FilePieces.byteCount(of: path)
      let nodes = NodeReader(fileByteCount: byteCount)
      var root = try nodes.root(of: file.root)
      let isPooled = try file.root.contains(FormatName.pool)
      try ModelHeader.checkIsChain(root)
      let (stored, report) = try isPooled ? pooled(nodes) : tree(nodes)
      root.groups[FormatName.input] = stored.input
      let header = try ModelHeader(from: root)
      var digest = ContentDigest()
      digest.add(root)
      var steps: [Step] = []
      for node in stored.nodes {
        if !allowNonFinite { try node.checkIsFinite() }
        digest.add(node)
        let step = try Step(from: node)
        if !allowNonFinite { try step.layer?.checkIsFinite(at: node.path) }
        steps.append(step)
      }
      let record = try report.map(RecordCoding.checked)
      let model = try located { () throws(ModelError) in
        try Model(
          name: header.name, input: header.input, steps: steps, labels: header.labels,
          record: record)
      }
      return ModelFile(
        model: model, version: header.version, form: isPooled ? .pooled : .tree,
        byteCount: byteCount,
        layerByteCounts: Dictionary(
          uniqueKeysWithValues: zip(steps.map(\.name), stored.byteCounts)),
        warnings: warnings(root: root, layers: stored.nodes, version: header.version)
          + warnings(comparing: digest.digests, with: record?.digests),
        digests: digest.digests)
    }

    private func tree(_ nodes: NodeReader) throws -> (StoredLayers, report: String?) {
      (
        try StoredLayers(tree: file.root, nodes),
        try nodes.text(FormatName.report, in: file.root)
      )
    }

    /// The report is the second text of the pool; in version 1.0 it stood where it stands in a tree.
    private func pooled(_ nodes: NodeReader) throws -> (StoredLayers, report: String?) {
      let pool = try file.root.group(named: FormatName.pool)
      guard let texts = try nodes.texts(FormatName.poolIndex, in: pool, atMost: 2) else {
        throw FormatError(at: "/\(FormatName.pool)", .missing(FormatName.poolIndex))
      }
      let stored = try StoredLayers(pooled: pool, index: texts[0], nodes)
      let report = try nodes.text(FormatName.report, in: file.root)
      guard texts.count == 1 || report == nil else {
        throw FormatError(
          at: "/\(FormatName.report)", .outOfRange("is a second report beside that of the pool"))
      }
      return (stored, texts.count == 2 ? texts[1] : report)
    }

    /// Checksums find damage; what was changed along with them only the digest tells.
    private func warnings(
      comparing found: ConversionRecord.Digests, with recorded: ConversionRecord.Digests?
    ) -> [String] {
      guard let recorded, recorded.content != found.content else { return [] }
      return ["the content is not what its report tells the SHA-256 of; see `verify`"]
    }

    private func located(_ body: () throws(ModelError) -> Model) throws(FormatError) -> Model {
      do { return try body() } catch { throw FormatError(at: "/", .model(error)) }
    }

    private func warnings(
      root: FormatNode, layers: [FormatNode], version: FormatVersion
    ) -> [String] {
      var warnings: [String] = []
      if version.minor > FormatVersion.current.minor {
        warnings.append("format version \(version) is newer than \(FormatVersion.current)")
      }
      let unknown = ([root] + layers).flatMap(\.unknownNames)
      warnings += unknown.prefix(Self.warningCount).map { "`\($0)` is not known" }
      if unknown.count > Self.warningCount {
        warnings.append("\(unknown.count - Self.warningCount) more names are not known")
      }
      return warnings
    }

    /// More unknown names than this are counted rather than listed.
    private static let warningCount = 20
  }
}
