internal import SpectrimCore
internal import SpectrimFormat
internal import SpectrimHDF5

/// Reads groups of attributes and datasets as groups of facts and tensors.
///
/// What could lead out of the file or cost more memory than it stores is refused by name.
struct NodeReader {
  /// Bytes of the whole file, of which no dataset can hold more, whatever it says.
  let fileByteCount: Int
  /// What tensors may hold.
  var types = ScalarType.weightTypes

  /// What the walk through the file has met so far.
  struct Walk {
    /// Stored bytes of all datasets.
    fileprivate(set) var storedByteCount = 0
    /// Bytes of all tensors, of which several may be one dataset.
    fileprivate var tensorByteCount = 0
    /// Where the groups stand in the file; one that comes again could lead in circles.
    fileprivate var addresses: Set<UInt64> = []
  }

  /// The root with its facts and the labels, without the groups below.
  func root(of group: HDF5Group) throws -> FormatNode {
    var root = FormatNode(path: "/")
    root.facts = try facts(of: group.attributes, at: root)
    let links = try checkedLinks(in: group, at: root)
    if links.contains(where: { $0.name == FormatName.labels }) {
      root.facts[FormatName.labels] = .texts(try labels(in: group, at: root))
    }
    return root
  }

  /// The names of the classes.
  private func labels(in group: HDF5Group, at root: FormatNode) throws -> [String] {
    let dataset = try group.dataset(named: FormatName.labels)
    guard dataset.info.elementCount <= FormatLimit.labelCount else {
      throw FormatError(
        at: root.location(of: FormatName.labels),
        .wrongShape(
          found: dataset.info.shape, expected: "at most \(FormatLimit.labelCount) names"))
    }
    return try dataset.readStrings(byteLimit: FormatLimit.textByteCount)
  }

  /// A group with its facts, without what is below.
  func outline(of group: HDF5Group, at path: String) throws -> FormatNode {
    var node = FormatNode(path: path)
    node.facts = try facts(of: group.attributes, at: node)
    return node
  }

  /// A group and all below it.
  func node(of group: HDF5Group, at path: String, _ walk: inout Walk) throws -> FormatNode {
    var node = FormatNode(path: path)
    guard path.split(separator: "/").count <= 2 * FormatLimit.depth else {
      throw FormatError(at: path, .outOfRange("groups are nested too deeply"))
    }
    node.facts = try facts(of: group.attributes, at: node)
    for link in try checkedLinks(in: group, at: node) {
      let place = node.location(of: link.name)
      switch link.kind {
      case .group:
        try checkIsFirst(link, at: place, &walk)
        node.groups[link.name] = try self.node(
          of: try group.group(named: link.name), at: place, &walk)
      default:
        let dataset = try group.dataset(named: link.name)
        walk.storedByteCount += try storedByteCount(of: dataset)
        node.tensors[link.name] = try tensor(of: dataset, at: place, &walk)
      }
    }
    return node
  }

  private func checkIsFirst(_ link: HDF5Link, at path: String, _ walk: inout Walk) throws {
    guard let address = link.address, walk.addresses.insert(address).inserted else {
      throw FormatError(
        at: path, .outOfRange("is a second link to a group; only datasets may have two"))
    }
  }

  /// Refuses datasets of many names, each read anew, before there is no memory left for them.
  private func checkSum(of dataset: HDF5Dataset, at path: String, _ walk: inout Walk) throws {
    let limit = max(
      FormatLimit.plausibleSumByteCount,
      min(fileByteCount, FormatLimit.tensorByteCount) * FormatLimit.plausibleSumRatio)
    guard dataset.info.byteCount <= limit - walk.tensorByteCount else {
      throw FormatError(
        at: path, .outOfRange("the tensors up to here are far larger than the file"))
    }
    walk.tensorByteCount += dataset.info.byteCount
  }

  /// The names in the group of the layers, all of them groups.
  func linkNames(in group: HDF5Group, at path: String, _ walk: inout Walk) throws -> [String] {
    let links = try checkedLinks(in: group, at: FormatNode(path: path))
    guard links.count <= FormatLimit.layerCount else {
      throw FormatError(
        at: path, .outOfRange("\(links.count) layers, expected at most \(FormatLimit.layerCount)"))
    }
    for link in links where link.kind == .group {
      try checkIsFirst(link, at: "\(path)/\(link.name)", &walk)
    }
    return links.map(\.name)
  }

  /// A tensor of one of the types that a model may hold.
  func tensor(of dataset: HDF5Dataset, at path: String, _ walk: inout Walk) throws -> Tensor {
    let info = dataset.info
    guard let type = ScalarType(info.elementType), types.contains(type) else {
      throw FormatError(
        at: path,
        .wrongType(
          found: info.elementType.description,
          expected: types.map(\.rawValue).joined(separator: ", ")))
    }
    try checkIsPlausible(info, storedByteCount: try storedByteCount(of: dataset), at: path)
    try checkSum(of: dataset, at: path, &walk)
    let bytes = try dataset.readBytes(byteLimit: FormatLimit.tensorByteCount)
    return Tensor(type: type, shape: info.shape, bytes: bytes)
  }

  /// What a dataset says that it stores, as far as it can be true.
  func storedByteCount(of dataset: HDF5Dataset) throws -> Int {
    min(try dataset.storageByteCount(), fileByteCount)
  }

  /// The text of a dataset of one string; `nil` if there is none.
  func text(_ name: String, in group: HDF5Group) throws -> String? {
    try texts(name, in: group, atMost: 1)?.first
  }

  /// The texts of a dataset, at least one; `nil` if there is none.
  func texts(_ name: String, in group: HDF5Group, atMost limit: Int) throws -> [String]? {
    guard try group.contains(name) else { return nil }
    let dataset = try group.dataset(named: name)
    guard (1...limit).contains(dataset.info.elementCount) else {
      throw FormatError(
        at: FormatNode(path: group.path).location(of: name),
        .wrongShape(
          found: dataset.info.shape, expected: limit == 1 ? "one string" : "1 to \(limit) strings"))
    }
    return try dataset.readStrings(byteLimit: FormatLimit.textByteCount)
  }

  /// The links of a group, none of which leads elsewhere.
  private func checkedLinks(in group: HDF5Group, at node: FormatNode) throws -> [HDF5Link] {
    let links = try group.links()
    for link in links where link.kind != .group && link.kind != .dataset {
      throw FormatError(
        at: node.location(of: link.name),
        .wrongType(found: link.kind.description, expected: "a group or a dataset"))
    }
    return links
  }

  /// Attributes of kinds that no fact has are left out, unless their name is one of ours.
  private func facts(
    of attributes: HDF5Attributes, at node: FormatNode
  ) throws -> [String: FormatNode.Fact] {
    var facts: [String: FormatNode.Fact] = [:]
    for name in try attributes.names() {
      do {
        switch try attributes.read(name) {
        case .integer(let value): facts[name] = .integer(value)
        case .integers(let values): facts[name] = .integers(values)
        case .real(let value): facts[name] = .real(value)
        case .string(let text): facts[name] = .text(text)
        case .strings(let texts): facts[name] = .texts(texts)
        case .reals where FormatName.isKnown(name):
          throw FormatError(
            at: node.location(of: name),
            .wrongType(found: "an array of real numbers", expected: "one value or integers"))
        case .reals: facts[name] = .text("")
        }
      } catch let error as HDF5Error where !FormatName.isKnown(name) && error.code != .damaged {
        facts[name] = .text("")
      }
    }
    return facts
  }

  /// Refuses a shape whose bytes dwarf what is stored: zstd reaches 1 : 32 768 on a chunk of zeros.
  private func checkIsPlausible(
    _ info: HDF5DatasetInfo, storedByteCount: Int, at path: String
  ) throws {
    let limit = max(FormatLimit.plausibleByteCount, storedByteCount << 16)
    guard info.byteCount <= limit, info.byteCount == 0 || storedByteCount > 0 else {
      throw FormatError(
        at: path,
        .outOfRange(
          "shape \(info.shape) declares \(info.byteCount) bytes, but \(storedByteCount) are stored"
        ))
    }
  }
}

extension ScalarType {
  /// The type of a stored element; `nil` for strings and opaque bytes.
  init?(_ type: HDF5ElementType) {
    switch type {
    case .int8: self = .int8
    case .uint8: self = .uint8
    case .int16: self = .int16
    case .uint16: self = .uint16
    case .int32: self = .int32
    case .uint32: self = .uint32
    case .int64: self = .int64
    case .uint64: self = .uint64
    case .float16: self = .float16
    case .bfloat16: self = .bfloat16
    case .float32: self = .float32
    case .float64: self = .float64
    case .fixedString, .opaquePair: return nil
    }
  }
}

extension HDF5ElementType {
  /// How a tensor's elements are stored; a truth value is a byte.
  init(_ type: ScalarType) {
    switch type {
    case .bool, .uint8: self = .uint8
    case .int8: self = .int8
    case .int16: self = .int16
    case .uint16: self = .uint16
    case .int32: self = .int32
    case .uint32: self = .uint32
    case .int64: self = .int64
    case .uint64: self = .uint64
    case .float16: self = .float16
    case .bfloat16: self = .bfloat16
    case .float32: self = .float32
    case .float64: self = .float64
    }
  }
}
