internal import SpectrimHDF5

/// The weights of a file, layer by layer.
struct KerasWeights: Sendable {
  /// How the file tells its weights apart.
  enum Style: Sendable {
    /// By the names of layers and weights, as the legacy format does.
    case named
    /// By counting: the layers of a class, the weights of a layer.
    case numbered
  }

  /// The weights of one layer.
  struct Group: Sendable {
    /// The name of the layer, or what the file has in its place.
    let name: String
    /// The class and its count where the file counts, else the name of the layer.
    let key: String
    /// Each weight with its name or number.
    let variables: [(name: String, dataset: HDF5Dataset)]
  }

  let style: Style
  /// The layers in the order of the file.
  let groups: [Group]
  /// What was left out, for people.
  let notes: [String]

  /// The weights of a layer by name, or `nil` where the file has none.
  /// - Parameter place: How many layers of the class come before it.
  func variables(
    of layer: KerasLayer, place: Int, expecting names: [String]
  ) -> [String: HDF5Dataset] {
    switch style {
    case .named:
      let group = groups.first { $0.key == layer.name }
      return Dictionary(group?.variables ?? []) { first, _ in first }
    case .numbered:
      let className = KerasClassName.snakeCase(layer.className)
      let key = place == 0 ? className : "\(className)_\(place)"
      let variables = Dictionary(groups.first { $0.key == key }?.variables ?? []) { first, _ in
        first
      }
      return Dictionary(
        names.enumerated().compactMap { index, name in
          variables[String(index)].map { (name, $0) }
        }
      ) { first, _ in first }
    }
  }
}

extension Dictionary {
  fileprivate init(
    _ pairs: [(name: Key, dataset: Value)], _ combine: (Value, Value) -> Value
  ) {
    self.init(pairs.map { ($0.name, $0.dataset) }, uniquingKeysWith: combine)
  }

  fileprivate init(_ pairs: [(Key, Value)], _ combine: (Value, Value) -> Value) {
    self.init(pairs, uniquingKeysWith: combine)
  }
}
