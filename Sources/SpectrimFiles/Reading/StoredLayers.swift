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
  init(pooled pool: HDF5Group, index: String, _ reader: NodeReader) throws {
    var walk = NodeReader.Walk()
    var pools: [TensorPool: [UInt8]] = [:]
    var storedByteCounts: [TensorPool: Int] = [:]
    for name in TensorPool.allCases where try pool.contains(name.rawValue) {
      let dataset = try pool.dataset(named: name.rawValue)
      pools[name] = try reader.pool(name, from: dataset, &walk)
      storedByteCounts[name] = try reader.storedByteCount(of: dataset)
    }
    let content = try PooledContent(index: index, pools: pools)
    input = content.root.groups[FormatName.input]
    nodes = try PooledForm.ordered(
      Array((content.root.groups[FormatName.layers]?.groups ?? [:]).values))
    byteCounts = nodes.map { node in
      (content.layerByteCounts[node.name] ?? [:]).reduce(0) { sum, share in
        let total = max(1, pools[share.key]?.count ?? 0)
        return sum + share.value * storedByteCounts[share.key, default: 0] / total
      }
    }
  }
}

extension NodeReader {
  /// The stored bytes of a pool.
  fileprivate func pool(
    _ name: TensorPool, from dataset: HDF5Dataset, _ walk: inout Walk
  ) throws -> [UInt8] {
    let path = "/\(FormatName.pool)/\(name.rawValue)"
    var reader = self
    reader.types = [name.storedType]
    let tensor = try reader.tensor(of: dataset, at: path, &walk)
    guard tensor.shape.count == 1 else {
      throw FormatError(at: path, .wrongShape(found: tensor.shape, expected: "one side"))
    }
    return tensor.bytes
  }
}
