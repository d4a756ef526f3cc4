internal import SpectrimCore
internal import SpectrimFormat

/// Reads back what `ModelExport` wrote.
struct ModelDescription {
  private let lines: [String]
  private let source: StoredTensors

  init(_ lines: [String], of source: StoredTensors) { (self.lines, self.source) = (lines, source) }

  /// The model that was written.
  /// - Throws: `InterchangeError.invalid` when a line is broken, stands twice, or names a tensor
  ///   that is not there, or is but not as the line says.
  func model() throws -> Model {
    var root = FormatNode(path: "/")
    var unused = Dictionary(
      source.entries.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    var locations: Set<Substring> = []
    for line in lines {
      let sides = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let path = sides[0].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard sides.count == 2, path.count >= 2, path.count <= Self.pathLimit, path[0].isEmpty,
        path.dropFirst().allSatisfy({ !$0.isEmpty })
      else { throw broken(line) }
      guard path.count > 2 else {
        try addHeader(path[1], String(sides[1]), to: &root, line)
        continue
      }
      guard locations.insert(sides[0]).inserted else { throw broken(line) }
      if sides[1].hasPrefix("@") {
        let tensor = try tensor(sides[1].dropFirst(), &unused, line)
        root.insert(path.dropFirst()) { $0.tensors[$1] = tensor }
      } else {
        guard let fact = FormatNode.Fact(text: String(sides[1])) else { throw broken(line) }
        root.insert(path.dropFirst()) { $0.facts[$1] = fact }
      }
    }
    return try model(root)
  }

  /// `layers`, a name, and two groups per level of nesting.
  private static let pathLimit = 3 + 2 * FormatLimit.depth

  private func model(_ root: FormatNode) throws -> Model {
    do {
      let header = try ModelHeader(from: root)
      let groups = root.groups[FormatName.layers]?.groups.values.map { $0 } ?? []
      guard groups.count <= FormatLimit.layerCount else {
        throw InterchangeError(.invalid, file: source.file, "\(groups.count) layers")
      }
      let steps = try PooledForm.ordered(groups).map { try Step(from: $0) }
      return try Model(name: header.name, input: header.input, steps: steps, labels: header.labels)
    } catch let error as FormatError {
      throw InterchangeError(.invalid, file: source.file, "description: \(error)")
    } catch let error as ModelError {
      throw InterchangeError(.invalid, file: source.file, "description: \(error)")
    }
  }

  /// A fact of the root; a label per line makes the list of labels.
  private func addHeader(
    _ name: String, _ value: String, to root: inout FormatNode, _ line: String
  ) throws(InterchangeError) {
    switch name {
    case FormatName.labels:
      guard let label = LinkName.decoded(value) else { throw broken(line) }
      var labels: [String] = []
      if case .texts(let before) = root.facts.removeValue(forKey: name) { labels = before }
      labels.append(label)
      root.facts[name] = .texts(labels)
    case FormatName.formatVersion:
      guard root.facts[name] == nil, let fact = FormatNode.Fact(text: value) else {
        throw broken(line)
      }
      root.facts[name] = fact
    default:
      guard root.facts[name] == nil, let text = LinkName.decoded(value) else { throw broken(line) }
      root.facts[name] = .text(text)
    }
  }

  /// `f32 [8 3] fc1.U`; every tensor is used once, so that a model has no more than its file.
  private func tensor(
    _ text: Substring, _ unused: inout [String: Int], _ line: String
  ) throws -> Tensor {
    let words = text.split(separator: " ", maxSplits: 1)
    guard words.count == 2, let type = ScalarType(rawValue: String(words[0])),
      let end = words[1].firstIndex(of: "]"),
      case .integers(let shape) = FormatNode.Fact(text: String(words[1][...end])),
      let name = LinkName.decoded(String(words[1][end...].dropFirst(2)))
    else { throw broken(line) }
    guard let index = unused.removeValue(forKey: name) else {
      throw InterchangeError(
        .invalid, file: source.file,
        "description: tensor `\(name)` is missing or used twice; write the file again")
    }
    let stored = try source.tensor(at: index)
    let converted = try converted(stored, to: type, name)
    guard let byteCount = countedBytes(shape, type), byteCount == converted.bytes.count else {
      throw InterchangeError(
        .invalid, file: source.file,
        "description: tensor `\(name)` has shape \(stored.shape); expected \(shape)",
        found: "\(stored.shape)", expected: "\(shape)")
    }
    return Tensor(type: type, shape: shape, bytes: converted.bytes)
  }

  /// Where the archive has no bfloat16, its values stand there as float32.
  private func converted(
    _ tensor: Tensor, to type: ScalarType, _ name: String
  ) throws(InterchangeError) -> Tensor {
    if tensor.type == type { return tensor }
    guard type == .bfloat16, tensor.type == .float32 else {
      throw InterchangeError(
        .invalid, file: source.file,
        "description: tensor `\(name)` has type \(tensor.type.rawValue); expected \(type.rawValue)",
        found: tensor.type.rawValue, expected: type.rawValue)
    }
    return Tensor(tensor.floats, storedAs: .bfloat16, shape: tensor.shape)
  }

  private func broken(_ line: String) -> InterchangeError {
    InterchangeError(
      .invalid, file: source.file,
      "description: line `\(line.prefix(80))` is broken or stands twice; write the file again")
  }
}

extension FormatNode {
  /// Sets a fact or tensor of a group below this one.
  fileprivate mutating func insert(
    _ path: ArraySlice<String>, _ set: (inout FormatNode, String) -> Void
  ) {
    guard let name = path.first else { return }
    guard path.count > 1 else { return set(&self, name) }
    let child = FormatNode(path: location(of: name))
    groups[name, default: child].insert(path.dropFirst(), set)
  }
}
