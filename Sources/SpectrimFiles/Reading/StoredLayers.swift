internal import SpectrimCore
internal import SpectrimFormat
internal import SpectrimHDF5

/// The groups of a model from either form of the file.
struct StoredLayers {
  /// The group `/input`, if the file has one.
  let input: FormatNode?
  /// The groups of the layers in the order of their index.
  let nodes: [FormatNode]
  /// Stored bytes of the tensors of each layer.
  let byteCounts: [Int]

  /// Reads one group for the input and one per layer.
  init(tree root: HDF5Group, _ reader: NodeReader) throws {
    var walk = NodeReader.Walk()
    input =
      try root.contains(FormatName.input)
      ? reader.node(
        of: try root.group(named: FormatName.input), at: "/\(FormatName.input)", &walk) : nil
    let group = try root.group(named: FormatName.layers)
    var nodes: [FormatNode] = []
    var byteCounts: [String: Int] = [:]
    for name in try reader.linkNames(in: group, at: "/\(FormatName.layers)", &walk) {
      let (path, start) = ("/\(FormatName.layers)/\(name)", walk.storedByteCount)
      nodes.append(try reader.node(of: try group.group(named: name), at: path, &walk))
      byteCounts[path] = walk.storedByteCount - start
    }
    self.nodes = try PooledForm.ordered(nodes)
    self.byteCounts = self.nodes.map { byteCounts[$0.path, default: 0] }
  }

  /// Reads the pools and cuts them up by their index.
  init(pooled root: HDF5Group, _ reader: NodeReader) throws {
    let path = "/\(FormatName.pool)"
    let group = try root.group(named: FormatName.pool)
    guard let index = try reader.text(FormatName.poolIndex, in: group) else {
      throw FormatError(at: path, .missing(FormatName.poolIndex))
    }
    var walk = NodeReader.Walk()
    var pools: [ScalarType: [UInt8]] = [:]
    var storedByteCounts: [ScalarType: Int] = [:]
    for type in ScalarType.weightTypes where try group.contains(type.rawValue) {
      let dataset = try group.dataset(named: type.rawValue)
      let tensor = try reader.tensor(of: dataset, at: "\(path)/\(type.rawValue)", &walk)
      guard tensor.type == type, tensor.shape.count == 1 else {
        throw FormatError(
          at: "\(path)/\(type.rawValue)",
          .wrongType(found: tensor.type.rawValue, expected: "\(type.rawValue) with one side"))
      }
      pools[type] = tensor.bytes
      storedByteCounts[type] = try reader.storedByteCount(of: dataset)
    }
    let tree = try PooledForm.root(index: index, pools: pools)
    input = tree.groups[FormatName.input]
    nodes = try PooledForm.ordered(
      Array((tree.groups[FormatName.layers]?.groups ?? [:]).values))
    byteCounts = nodes.map { node in
      ScalarType.weightTypes.reduce(0) { sum, type in
        let total = max(1, pools[type]?.count ?? 0)
        return sum + node.byteCount(of: type) * storedByteCounts[type, default: 0] / total
      }
    }
  }
}

extension FormatNode {
  /// Raw bytes of all tensors of one type here and below.
  fileprivate func byteCount(of type: ScalarType) -> Int {
    var sum = 0
    visit { group in
      sum += group.tensors.values.reduce(0) { $0 + ($1.type == type ? $1.bytes.count : 0) }
    }
    return sum
  }
}
