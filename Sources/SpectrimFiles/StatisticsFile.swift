internal import Foundation
public import SpectrimCore
internal import SpectrimFormat
internal import SpectrimHDF5

/// Calibration statistics as an HDF5 file: `/layers/<name>/{mean, covariance, output_metric}` in f64,
/// with the attributes `format`, `example_count`, `source_sha256` and, per layer, `index`.
public enum StatisticsFile {
  /// What the attribute `format` of such a file says.
  static let format = "spectrim-statistics"

  private enum Name {
    static let format = "format"
    static let sourceDigest = "source_sha256"
    static let exampleCount = "example_count"
    static let layers = "layers"
    static let index = "index"
    static let mean = "mean"
    static let covariance = "covariance"
    static let outputMetric = "output_metric"
  }

  /// Writes statistics, in the place of an earlier file.
  /// - Throws: `ModelFileError` when the target cannot be written.
  public static func write(_ statistics: CalibrationStatistics, to path: String) throws {
    var root = FormatNode(path: "/")
    root.facts = [
      Name.format: .text(format), Name.exampleCount: .integer(statistics.exampleCount),
    ]
    root.facts[Name.sourceDigest] = statistics.sourceDigest.map { .text($0) }
    var layers = FormatNode(path: "/\(Name.layers)")
    for (index, layer) in statistics.layers.enumerated() {
      let link = LinkName.encoded(layer.name)
      var node = FormatNode(path: layers.location(of: link))
      node.facts = [Name.index: .integer(index)]
      node.tensors = [
        Name.mean: Tensor(doubles: layer.mean, shape: [layer.mean.count]),
        Name.covariance: layer.covariance.tensor,
        Name.outputMetric: layer.outputMetric.tensor,
      ]
      layers.groups[link] = node
    }
    root.groups[Name.layers] = layers
    let content = root
    try AtomicFile.replace(path, overwrite: true) { partial in
      try ModelFileError.located(in: path) {
        let file = try HDF5File.create(at: partial, smallFile: false, contents: content.contents())
        var nodes = NodeWriter(DatasetWriter(StorageSettings()))
        try nodes.write(content, in: file.root)
        try file.close()
      }
    } check: { partial in
      guard try read(at: partial) == statistics else {
        throw ModelFileError(
          .cannotWrite, file: path, "does not read back as it was written; check the disk")
      }
    }
  }

  /// Reads and checks statistics.
  /// - Throws: `ModelFileError` with the file, the place and the first defect.
  public static func read(at path: String) throws -> CalibrationStatistics {
    try ModelFileError.located(in: path) {
      let file = try HDF5File.open(at: path)
      let outline = NodeReader(fileByteCount: try FilePieces.byteCount(of: path))
      try checkFormat(of: try outline.outline(of: file.root, at: "/"))
      var reader = NodeReader(fileByteCount: try FilePieces.byteCount(of: path))
      reader.types = [.float64]
      var walk = NodeReader.Walk()
      let root = try reader.node(of: file.root, at: "/", &walk)
      try file.close()
      return try statistics(from: root)
    }
  }

  private static func checkFormat(of root: FormatNode) throws(FormatError) {
    guard root.facts[Name.format] == .text(format) else {
      throw FormatError(
        at: "/", .outOfRange("is no file of statistics; make one with --save-statistics"))
    }
  }

  private static func statistics(
    from root: FormatNode
  ) throws(FormatError) -> CalibrationStatistics {
    guard case .integer(let count)? = root.facts[Name.exampleCount], count > 0,
      let groups = root.groups[Name.layers]?.groups.values, !groups.isEmpty
    else { throw FormatError(at: "/", .outOfRange("lacks `example_count` or layers")) }
    var layers: [(index: Int, layer: LayerStatistics)] = []
    for node in groups {
      guard case .integer(let index)? = node.facts[Name.index] else {
        throw FormatError(at: node.path, .outOfRange("lacks `index`"))
      }
      layers.append((index, try layer(from: node)))
    }
    layers.sort { $0.index < $1.index }
    var digest: String?
    if case .text(let text)? = root.facts[Name.sourceDigest] { digest = text }
    return CalibrationStatistics(
      exampleCount: count, layers: layers.map(\.layer), sourceDigest: digest)
  }

  private static func layer(from node: FormatNode) throws(FormatError) -> LayerStatistics {
    guard let mean = node.tensors[Name.mean], mean.shape.count == 1,
      let covariance = node.tensors[Name.covariance], covariance.shape.count == 2,
      covariance.shape[0] == covariance.shape[1],
      mean.shape[0].isMultiple(of: covariance.shape[0]),
      let metric = node.tensors[Name.outputMetric], metric.shape.count == 2,
      metric.shape[0] == metric.shape[1], let name = LinkName.decoded(node.name)
    else {
      throw FormatError(
        at: node.path,
        .outOfRange(
          "needs `mean` [groups · in], `covariance` [in, in] and `output_metric` [out, out]"))
    }
    let values = [mean, covariance, metric].map(\.doubles)
    guard values.joined().allSatisfy(\.isFinite) else {
      throw FormatError(at: node.path, .outOfRange("holds NaN or infinite numbers"))
    }
    return LayerStatistics(
      name: name, mean: values[0],
      covariance: Matrix(Shape(covariance.shape[0], covariance.shape[0]), values[1]),
      outputMetric: Matrix(Shape(metric.shape[0], metric.shape[0]), values[2]))
  }
}

extension Matrix<Double> {
  fileprivate var tensor: Tensor { Tensor(doubles: elements, shape: [rowCount, columnCount]) }
}
