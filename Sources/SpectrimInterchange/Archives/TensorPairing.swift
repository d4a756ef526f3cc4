internal import SpectrimCore

/// Finds which tensors of a file belong to one layer, by their names, and by their order where the
/// names do not tell.
struct TensorPairing {
  /// The tensors of one layer, as indices of the file.
  struct Group {
    let name: String
    var kernel: Int?
    var axes = KernelAxes.unknown
    var bias: Int?
    var mean: Int?
    var variance: Int?
  }

  private let source: StoredTensors
  private(set) var groups: [Group] = []
  private(set) var notes: [String] = []
  private var places: [String: Int] = [:]

  init(_ source: StoredTensors) throws(InterchangeError) {
    self.source = source
    var indices = Array(source.entries.indices)
    if !source.isOrdered {
      indices.sort { source.entries[$0].name.precedesNaturally(source.entries[$1].name) }
    }
    for index in indices { try add(index) }
    for group in groups where group.kernel == nil && group.mean == nil {
      throw invalid("`\(group.name)` has a bias, but no weight")
    }
    for group in groups where (group.mean == nil) != (group.variance == nil) {
      throw invalid("`\(group.name)` has a running mean or variance without the other")
    }
  }

  private mutating func add(_ index: Int) throws(InterchangeError) {
    let entry = source.entries[index]
    let role = TensorRole(entry.name)
    switch role.part {
    case .unused: notes.append("`\(entry.name)` is left out")
    case .kernel(let axes):
      try set(index, \.kernel, of: role.layer)
      groups[places[role.layer] ?? 0].axes = axes
    case .bias: try set(index, \.bias, of: role.layer)
    case .mean: try set(index, \.mean, of: role.layer)
    case .variance: try set(index, \.variance, of: role.layer)
    case nil: try addUnnamed(index, entry)
    }
  }

  private mutating func set(
    _ index: Int, _ part: WritableKeyPath<Group, Int?>, of layer: String
  ) throws(InterchangeError) {
    let place = places[layer] ?? groups.count
    if place == groups.count {
      // A part without a name of a layer lends its own.
      let isBare = layer.isEmpty || layer.allSatisfy { $0.isASCII && $0.isNumber }
      let isNumberedPart = isBare && !source.entries[index].name.hasPrefix(layer + ".")
      groups.append(Group(name: isNumberedPart ? "layer\(layer)" : layer))
      places[layer] = place
    }
    guard groups[place][keyPath: part] == nil else {
      throw invalid("`\(source.entries[index].name)` stands beside another of its layer")
    }
    groups[place][keyPath: part] = index
  }

  /// A matrix begins a layer, and a vector behind it is its bias.
  private mutating func addUnnamed(_ index: Int, _ entry: CheckpointEntry) throws(InterchangeError)
  {
    if entry.shape.count >= 2 {
      places[entry.name] = groups.count
      groups.append(Group(name: entry.name, kernel: index))
    } else if let last = groups.indices.last, groups[last].bias == nil, entry.shape.count == 1 {
      groups[last].bias = index
    } else {
      throw invalid(
        "`\(entry.name)` of shape \(entry.shape) is neither a weight nor the bias of the one before it"
      )
    }
  }

  private func invalid(_ message: String) -> InterchangeError {
    InterchangeError(
      .unsupported, file: source.file,
      "\(message); name tensors like fc1.weight, fc1.bias or W1, b1")
  }
}

extension TensorPairing {
  /// Reads the tensors of all layers.
  func weightGroups() throws -> [WeightGroup] {
    try groups.map { group in
      let bias = try group.bias.map { try floats(at: $0) }
      let kernel = try group.kernel.map { try floats(at: $0) }
      if let mean = group.mean, let variance = group.variance {
        let content = WeightGroup.Content.batchNormalization(
          scale: kernel, shift: bias, mean: try floats(at: mean), variance: try floats(at: variance)
        )
        return WeightGroup(name: group.name, content)
      }
      guard let kernel else { throw invalid("`\(group.name)` has no weight") }
      return kernel.shape.count == 1
        ? WeightGroup(name: group.name, .layerNormalization(scale: kernel, shift: bias))
        : WeightGroup(name: group.name, .kernel(kernel, group.axes, bias: bias))
    }
  }

  private func floats(at index: Int) throws -> Tensor {
    let entry = source.entries[index]
    guard entry.type.elementType != nil else {
      throw InterchangeError(
        .unsupported, file: source.file,
        "`\(entry.name)` has type \(entry.type.rawValue); expected floats",
        found: entry.type.rawValue, expected: "f32, f16, bf16 or f64")
    }
    return try source.tensor(at: index)
  }
}
