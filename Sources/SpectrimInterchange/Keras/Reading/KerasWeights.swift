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
      return Dictionary((group?.variables ?? []).map { ($0.name, $0.dataset) }) { first, _ in
        first
      }
    case .numbered:
      let className = KerasClassName.snakeCase(layer.className)
      let key = place == 0 ? className : "\(className)_\(place)"
      let variables = groups.first { $0.key == key }?.variables ?? []
      // The layer has one name per number, whatever else the group holds.
      return Dictionary(
        variables.compactMap { variable in
          Int(variable.name).flatMap { names.indices.contains($0) ? names[$0] : nil }
            .map { ($0, variable.dataset) }
        }
      ) { first, _ in first }
    }
  }
}

extension KerasWeights {
  /// With the names that a configuration gives to layers which the file only counts.
  func named(by network: KerasNetwork) -> KerasWeights {
    guard style == .numbered else { return self }
    var counts: [String: Int] = [:]
    var names: [String: String] = [:]
    for layer in network.layers {
      let className = KerasClassName.snakeCase(layer.className)
      let count = counts[className, default: 0]
      counts[className] = count + 1
      names[count == 0 ? className : "\(className)_\(count)"] = layer.name
    }
    let groups = groups.map {
      Group(name: names[$0.key] ?? $0.name, key: $0.key, variables: $0.variables)
    }
    return KerasWeights(style: style, groups: groups, notes: notes)
  }
}
