public import SpectrimCore

/// Everything of a model but its layers and its record.
public struct ModelHeader: Sendable, Equatable {
  /// The version the file was written in.
  public let version: FormatVersion
  /// The name, for people.
  public let name: String
  /// What the first layer expects.
  public let input: ModelInput
  /// The names of the classes, if they are stored.
  public let labels: [String]?
}

extension Model {
  /// The root with the facts of the model and the group `/input`, without the layers.
  public var headerNode: FormatNode {
    var root = FormatNode(path: "/")
    root.facts = [
      FormatName.format: .text(FormatName.formatValue),
      FormatName.formatVersion: .integers([
        FormatVersion.current.major, FormatVersion.current.minor,
      ]),
      FormatName.name: .text(name),
      FormatName.graph: .text(FormatName.chainGraph),
    ]
    if let labels { root.facts[FormatName.labels] = .texts(labels) }
    root.add(FormatName.input) { node in
      node.facts = [
        FormatName.shape: .integers(input.shape),
        FormatName.layout: .text(input.layout.rawValue),
        FormatName.normalizationScale: .real(input.normalization.scale),
        FormatName.normalizationMean: .real(input.normalization.mean),
        FormatName.normalizationDeviation: .real(input.normalization.deviation),
      ]
    }
    return root
  }
}

extension ModelHeader {
  /// Reads the root and the group `/input`.
  /// - Throws: `FormatError` when the file is not a model, of another major version, or incomplete.
  public init(from root: FormatNode) throws(FormatError) {
    version = try Self.checkFormat(of: root)
    name = try root.text(FormatName.name)
    input = try ModelInput(from: try root.group(FormatName.input))
    labels =
      root.facts[FormatName.labels] == nil ? nil : try root.texts(FormatName.labels)
  }
}

extension ModelHeader {
  /// Looks whether the root is that of a model that can be run, before anything else is read.
  /// - Throws: `FormatError` when it is none, of another major version, or a checkpoint.
  public static func checkIsChain(_ root: FormatNode) throws(FormatError) {
    if let checkpoint = try CheckpointHeader(from: root) {
      throw FormatError(at: "/", .noGraph(reason: checkpoint.reason))
    }
    let graph = try root.text(FormatName.graph)
    guard graph == FormatName.chainGraph else {
      throw FormatError(
        at: root.location(of: FormatName.graph),
        .unknownWord(found: graph, expected: [FormatName.chainGraph, FormatName.noGraph]))
    }
  }

  /// Looks whether the root is one of ours at all.
  /// - Throws: `FormatError` when it is none or of another major version.
  @discardableResult
  public static func checkFormat(of root: FormatNode) throws(FormatError) -> FormatVersion {
    guard root.facts[FormatName.format] == .text(FormatName.formatValue) else {
      throw FormatError(at: "/", .notAModel)
    }
    return try FormatVersion(from: root)
  }
}

extension FormatVersion {
  fileprivate init(from root: FormatNode) throws(FormatError) {
    let numbers = try root.integers(FormatName.formatVersion)
    guard numbers.count == 2 else {
      throw FormatError(
        at: root.location(of: FormatName.formatVersion),
        .wrongShape(found: [numbers.count], expected: "2, major and minor"))
    }
    self.init(major: numbers[0], minor: numbers[1])
    guard major == FormatVersion.current.major, minor >= 0 else {
      throw FormatError(at: root.location(of: FormatName.formatVersion), .unsupportedVersion(self))
    }
  }
}

extension ModelInput {
  fileprivate init(from node: FormatNode) throws(FormatError) {
    let shape = try node.integers(FormatName.shape)
    let layout = try node.word(FormatName.layout, of: Layout.self)
    let scale = try node.real(FormatName.normalizationScale)
    let mean = try node.real(FormatName.normalizationMean)
    let deviation = try node.real(FormatName.normalizationDeviation)
    self = try node.located { () throws(ModelError) in
      try ModelInput(
        shape: shape, layout: layout,
        normalization: try Normalization(scale: scale, mean: mean, deviation: deviation))
    }
  }
}
