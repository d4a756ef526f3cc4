internal import SpectrimCore

/// Layers with LoRA adapters: the one branching that is still a step of a chain.
extension ONNXChain {
  /// What one of the branches from a value does until its result is added to another.
  private struct Branch {
    let items: [ONNXItem]
    let flow: ONNXFlow
  }

  /// Takes a base and its adapters, `base(x) + Σ s · B A x`, as one layer.
  /// - Returns: Whether the operators behind the branching are that.
  mutating func applyAdapters(_ consumers: [Int]) throws -> Bool {
    guard 2...64 ~= consumers.count else { return false }
    var branches: [Branch] = []
    for index in consumers {
      guard let branch = try follow(from: index) else { return false }
      branches.append(branch)
    }
    guard let sum = total(of: branches.map(\.flow.name)) else { return false }
    let places = branches.indices.filter { Self.adapterName(branches[$0].items) == nil }
    guard places.count == 1, let base = places.first.map({ branches[$0] }),
      let step = try ONNXFactors.steps(base.items).first, base.items.count == 1 || isOneLayer(base),
      let layer = step.layer
    else { return false }
    let adapters = try branches.compactMap { branch in
      try Self.adapterName(branch.items).flatMap { name in
        try Self.adapter(branch.items, named: name, for: layer)
      }
    }
    guard adapters.count == branches.count - 1 else { return false }
    let weight = Representation.lora(try LoRA(base: layer.weight, adapters: adapters))
    items.append(
      .adapted(
        try Layer(
          name: layer.name, operation: layer.operation, weight: weight, bias: layer.bias)))
    flow = base.flow
    flow.name = sum
    return true
  }

  private func isOneLayer(_ branch: Branch) -> Bool {
    (try? ONNXFactors.steps(branch.items).count) == 1
  }

  /// Walks a branch until what it gives is added to something that is not constant.
  private mutating func follow(from index: Int) throws -> Branch? {
    var branch = self
    branch.items = []
    var node = graph.nodes[index]
    for _ in 0..<16 {
      guard ["Gemm", "MatMul", "Conv", "Add", "Mul", "Identity", "Dropout"].contains(node.opType)
      else { return nil }
      do { try branch.apply(node) } catch is ONNXObstacle { return nil }
      let next = graph.consumers(of: branch.flow.name)
      guard next.count == 1 else { return nil }
      node = graph.nodes[next[0]]
      if node.opType == "Add", !node.input.contains(where: constants.contains) {
        (constants, notes) = (branch.constants, branch.notes)
        return Branch(items: branch.items, flow: branch.flow)
      }
    }
    return nil
  }

  /// The value that adds up all of some values, each of them once.
  private func total(of values: [String]) -> String? {
    var open = Set(values)
    guard open.count == values.count else { return nil }
    while open.count > 1 {
      let next = open.lazy.flatMap { graph.consumers(of: $0) }.map { graph.nodes[$0] }
        .first { $0.opType == "Add" && Set($0.input).count == 2 && open.isSuperset(of: $0.input) }
      guard let next, let output = next.output.first else { return nil }
      open.subtract(next.input)
      open.insert(output)
    }
    return open.first
  }

  /// The name of the adapter that a branch is: `default` for `fc1.lora_A.default`.
  private static func adapterName(_ items: [ONNXItem]) -> String? {
    guard case .piece(let piece)? = items.first else { return nil }
    let name = piece.name.layer
    guard let separator = [".", "/"].first(where: { name.contains("\($0)lora_A") }),
      let range = name.firstRange(of: "\(separator)lora_A")
    else { return nil }
    let rest = name[range.upperBound...].drop { separator.contains($0) }
    return rest.isEmpty ? "default" : String(rest)
  }

  private static func adapter(
    _ items: [ONNXItem], named name: String, for layer: Layer
  ) throws -> LoRA.Adapter? {
    guard items.count >= 2, case .piece(let first) = items[0], case .piece(let second) = items[1],
      first.bias == nil, second.bias == nil, first.operation == layer.operation,
      case .dense(let a) = first.weight, case .dense(let b) = second.weight
    else { return nil }
    var scaling: Float = 1
    if items.count == 3, case .transform(_, .affine(let affine)) = items[2],
      let scale = affine.scale.first, affine.scale.allSatisfy({ $0 == scale }),
      affine.shift.allSatisfy({ $0 == 0 })
    {
      scaling = scale
    } else if items.count != 2 {
      return nil
    }
    return try LoRA.Adapter(
      name: name, a: a, b: b, alpha: Double(scaling) * Double(a.shape.rowCount),
      scaling: Double(scaling))
  }
}
