public import SpectrimCore

/// Everything of a checkpoint but its tensors and its record.
public struct CheckpointHeader: Sendable, Equatable {
  /// The version the file was written in.
  public let version: FormatVersion
  /// The name, for people.
  public let name: String
  /// Why it cannot be run, in a clause such as "its layers branch".
  public let reason: String

  /// Describes a checkpoint that is to be written.
  public init(name: String, reason: String) {
    (self.version, self.name, self.reason) = (.current, name, reason)
  }

  /// The root with the facts of the checkpoint, without the tensors.
  public var node: FormatNode {
    var root = FormatNode(path: "/")
    root.facts = [
      FormatName.format: .text(FormatName.formatValue),
      FormatName.formatVersion: .integers([version.major, version.minor]),
      FormatName.name: .text(name),
      FormatName.graph: .text(FormatName.noGraph),
      FormatName.graphReason: .text(reason),
    ]
    return root
  }

  /// Reads the root of a checkpoint; `nil` if it is that of a model.
  /// - Throws: `FormatError` when the file is neither, of another major version, or incomplete.
  public init?(from root: FormatNode) throws(FormatError) {
    version = try ModelHeader.checkFormat(of: root)
    guard try root.text(FormatName.graph) == FormatName.noGraph else { return nil }
    name = try root.text(FormatName.name)
    reason =
      root.facts[FormatName.graphReason] == nil
      ? "the file does not say why" : try root.text(FormatName.graphReason)
  }
}

extension CheckpointEntry {
  /// The group of a tensor, `/tensors/<name>`.
  public func formatNode(index: Int, _ content: CheckpointContent) -> FormatNode {
    var node = FormatNode(path: "/\(FormatName.tensors)/\(LinkName.encoded(name))")
    node.facts[FormatName.index] = .integer(index)
    node.facts[FormatName.sourceType] = .text(type.rawValue)
    node.facts[FormatName.sourceShape] = .integers(shape)
    switch content {
    case .weight(let weight): node.add(FormatName.weight) { weight.store(in: &$0) }
    // One side, as long tensors are cut into chunks of vectors or rows; a truth value is a byte.
    case .plain(let tensor):
      node.tensors[FormatName.values] = Tensor(
        type: tensor.type == .bool ? .uint8 : tensor.type,
        shape: [tensor.bytes.count / tensor.type.byteCount], bytes: tensor.bytes)
    }
    return node
  }

  /// Reads the facts of a tensor's group.
  /// - Throws: `FormatError` with the place of the first defect.
  public init(from node: FormatNode) throws(FormatError) {
    guard let name = LinkName.decoded(node.name) else {
      throw FormatError(at: node.path, .outOfRange("`\(node.name)` has a broken percent escape"))
    }
    let type = try node.word(FormatName.sourceType, of: ScalarType.self)
    let shape = try node.integers(FormatName.sourceShape)
    var count = type.byteCount
    for side in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: side)
      guard side >= 0, !overflow, product <= FormatLimit.tensorByteCount else {
        throw FormatError(
          at: node.location(of: FormatName.sourceShape),
          .outOfRange("shape \(shape), expected sides of at most 2⁴⁰ bytes together"))
      }
      count = product
    }
    self.init(name: name, type: type, shape: shape)
  }

  /// Reads what the group of this tensor holds; the rows of a weight are its leading sides.
  /// - Throws: `FormatError` with the place of the first defect.
  public func content(from node: FormatNode) throws(FormatError) -> CheckpointContent {
    if let group = node.groups[FormatName.weight] {
      let weight = try Representation(from: group)
      guard rowAxisCount(rowCount: weight.shape.rowCount) != nil,
        weight.shape.elementCount == shape.reduce(1, *)
      else {
        throw FormatError(
          at: group.path,
          .wrongShape(
            found: [weight.shape.rowCount, weight.shape.columnCount],
            expected: "the sides \(shape) in two parts"))
      }
      return .weight(weight)
    }
    let tensor = try node.tensor(FormatName.values)
    guard tensor.shape == [shape.reduce(1, *)],
      tensor.type == type || type == .bool && tensor.type == .uint8
    else {
      throw FormatError(
        at: node.location(of: FormatName.values),
        .wrongShape(found: tensor.shape, expected: "all of \(shape) in one, \(type.rawValue)"))
    }
    return .plain(Tensor(type: type, shape: shape, bytes: tensor.bytes))
  }

  /// How many leading sides make that many rows.
  private func rowAxisCount(rowCount: Int) -> Int? {
    var product = 1
    for (index, side) in shape.enumerated() {
      product *= side
      if product == rowCount { return index + 1 }
    }
    return nil
  }
}
