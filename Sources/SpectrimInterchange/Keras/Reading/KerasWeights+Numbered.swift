internal import SpectrimHDF5

/// The layout of Keras 3: `layers/dense_1/vars/0`, counted per class, with the weights of a layer
/// in `vars` and the layers within it beside that.
/// - Source: keras/src/saving/saving_lib.py.
extension KerasWeights {
  /// Walks through all groups.
  /// - Parameter readsNames: Whether to ask for the names of the layers, which stand in attributes.
  init(numbered root: HDF5Group, readsNames: Bool, file: String) throws {
    var walk = KerasGroupWalk(readsNames: readsNames, file: file)
    var notes: [String] = []
    for link in try root.links() {
      switch link.name {
      case "layers", "_layer_checkpoint_dependencies":
        try walk.visitLayers(of: root.group(named: link.name), below: "")
      case "vars": try walk.visitVariables(of: root, key: "model", address: 0)
      case "optimizer": notes.append("the state of the optimizer is left out")
      default: try walk.visit(root, link: link, key: link.name)
      }
    }
    self.init(style: .numbered, groups: walk.orderedGroups, notes: notes)
  }

  /// Whether a file has this layout.
  static func isNumbered(_ root: HDF5Group) throws -> Bool {
    try ["layers", "_layer_checkpoint_dependencies", "vars"].contains { try root.contains($0) }
  }
}

/// A walk through the groups of a file.
private struct KerasGroupWalk {
  let readsNames: Bool
  let file: String
  private var found: [(group: KerasWeights.Group, address: UInt64)] = []
  private var visitCount = 0

  init(readsNames: Bool, file: String) { (self.readsNames, self.file) = (readsNames, file) }

  /// Above this many groups, or this deep, a file is not one of Keras but made to go in circles.
  private static let groupLimit = 1 << 16
  private static let depthLimit = 32

  /// The layers of a model or container.
  mutating func visitLayers(of group: HDF5Group, below path: String) throws {
    for link in try group.links() {
      try visit(group, link: link, key: path.isEmpty ? link.name : "\(path)/\(link.name)")
    }
  }

  /// One layer, and those within it; anything but a group is refused by name.
  mutating func visit(_ parent: HDF5Group, link: HDF5Link, key: String) throws {
    visitCount += 1
    guard visitCount <= Self.groupLimit, key.split(separator: "/").count <= Self.depthLimit else {
      throw InterchangeError(
        .invalid, file: file,
        "`\(parent.path)`: more groups than a model has; expected at most \(Self.groupLimit), "
          + "\(Self.depthLimit) deep")
    }
    let group = try parent.group(named: link.name)
    for child in try group.links() {
      if child.name == "vars" {
        try visitVariables(of: group, key: key, address: link.address ?? 0)
      } else if child.name == "layers" {
        try visitLayers(of: group.group(named: child.name), below: key)
      } else {
        try visit(group, link: child, key: "\(key)/\(child.name)")
      }
    }
  }

  /// The weights of a layer, by number: HDF5 lists 10 before 2.
  mutating func visitVariables(of group: HDF5Group, key: String, address: UInt64) throws {
    let vars = try group.group(named: "vars")
    let numbered = try vars.linkNames().sorted {
      switch (Int($0), Int($1)) {
      case (let left?, let right?): left < right
      default: $0 < $1
      }
    }
    var name = key
    if readsNames, try vars.attributes.contains("name") {
      name = try vars.attributes.texts("name", byteLimit: 1 << 16).first ?? key
    }
    let variables = try numbered.map { (name: $0, dataset: try vars.dataset(named: $0)) }
    if !variables.isEmpty {
      found.append((KerasWeights.Group(name: name, key: key, variables: variables), address))
    }
  }

  /// The layers in the order in which they were written, which is that of the model, unless it
  /// contradicts their counts; then by class and count.
  var orderedGroups: [KerasWeights.Group] {
    let written = found.sorted { $0.address < $1.address }.map(\.group)
    var places: [String: Int] = [:]
    for group in written {
      let (className, place) = KerasClassName.split(group.key)
      if let last = places.updateValue(place, forKey: className), last >= place {
        return found.map(\.group).sorted {
          let (left, right) = (KerasClassName.split($0.key), KerasClassName.split($1.key))
          return left.className != right.className
            ? left.className < right.className : left.place < right.place
        }
      }
    }
    return written
  }
}
