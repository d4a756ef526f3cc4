internal import SpectrimHDF5

/// The legacy layout: a group per layer, whose attribute `weight_names` gives the paths of the
/// weights below it.
/// - Source: keras/src/legacy/saving/legacy_h5_format.py, the same in Keras 2.
extension KerasWeights {
  /// Reads the names of the layers and opens their weights.
  init(legacy group: HDF5Group, file: String) throws {
    var names = try Self.names("layer_names", of: group)
    let topLevel = "top_level_model_weights"
    if try group.contains(topLevel), !names.contains(topLevel) { names.append(topLevel) }
    var groups: [Group] = []
    var seen: Set<String> = []
    for name in names {
      guard seen.insert(name).inserted else {
        throw InterchangeError(
          .invalid, file: file, "`\(group.path)` lists the layer `\(name)` twice")
      }
      let layer = try Self.group(at: name, in: group)
      var variables: [(String, HDF5Dataset)] = []
      let paths = try Self.names("weight_names", of: layer)
      // A layer made of layers has several kernels, which their paths tell apart.
      let isUnique = Set(paths.map(Self.leaf(of:))).count == paths.count
      for path in paths {
        variables.append(
          (isUnique ? Self.leaf(of: path) : path, try Self.dataset(at: path, in: layer)))
      }
      groups.append(Group(name: name, key: name, variables: variables))
    }
    self.init(style: .named, groups: groups, notes: [])
  }

  /// Whether a group holds layers in this layout.
  static func isLegacy(_ group: HDF5Group) throws -> Bool {
    let attributes = group.attributes
    return try attributes.contains("layer_names") || attributes.contains("layer_names0")
  }

  /// A list of names, which is cut into `layer_names0`, `layer_names1`, … where it is long.
  private static func names(_ name: String, of group: HDF5Group) throws -> [String] {
    let attributes = group.attributes
    if try attributes.contains(name) { return try attributes.texts(name, byteLimit: nameLimit) }
    var names: [String] = []
    var part = 0
    while try attributes.contains("\(name)\(part)"), names.count <= HDF5Group.linkLimit {
      names += try attributes.texts("\(name)\(part)", byteLimit: nameLimit)
      part += 1
    }
    // Without weights there may be no attribute at all.
    return names
  }

  /// The most bytes that the names of one attribute may have: far above what Keras writes into one.
  private static let nameLimit = 1 << 20

  /// The last part of a path without TensorFlow's number of the output.
  private static func leaf(of path: String) -> String {
    let leaf = path.split(separator: "/").last.map(String.init) ?? path
    return leaf.hasSuffix(":0") ? String(leaf.dropLast(2)) : leaf
  }

  private static func group(at path: String, in group: HDF5Group) throws -> HDF5Group {
    try path.split(separator: "/").reduce(group) { try $0.group(named: String($1)) }
  }

  private static func dataset(at path: String, in group: HDF5Group) throws -> HDF5Dataset {
    let parts = path.split(separator: "/")
    let parent = try Self.group(at: parts.dropLast().joined(separator: "/"), in: group)
    return try parent.dataset(named: parts.last.map(String.init) ?? "")
  }
}
