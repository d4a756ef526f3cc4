internal import SpectrimCore

/// `base/`, `adapters/<name>/{A, B}` with `alpha` and `scaling`.
extension LoRA: WeightFormat {
  func store(in node: inout FormatNode) {
    node.add(FormatName.base) { base.store(in: &$0) }
    node.add(FormatName.adapters) { group in
      for adapter in adapters {
        group.add(LinkName.encoded(adapter.name)) { child in
          child.add(FormatName.adapterInput, adapter.a)
          child.add(FormatName.adapterOutput, adapter.b)
          child.facts[FormatName.alpha] = .real(adapter.alpha)
          child.facts[FormatName.scaling] = .real(adapter.scaling)
        }
      }
    }
  }

  init(from node: FormatNode, depth: Int) throws(FormatError) {
    let base = try Representation(from: try node.group(FormatName.base), depth: depth + 1)
    var adapters: [Adapter] = []
    for (link, group) in try node.group(FormatName.adapters).groups.sortedByName() {
      guard let name = LinkName.decoded(link) else {
        throw FormatError(at: group.path, .outOfRange("`\(link)` has a broken percent escape"))
      }
      let a = try group.weights(FormatName.adapterInput)
      let b = try group.weights(FormatName.adapterOutput)
      let alpha = try group.real(FormatName.alpha)
      let scaling = try group.real(FormatName.scaling)
      adapters.append(
        try group.located { () throws(ModelError) in
          try Adapter(name: name, a: a, b: b, alpha: alpha, scaling: scaling)
        })
    }
    let stack = adapters
    self = try node.located { () throws(ModelError) in try LoRA(base: base, adapters: stack) }
  }
}
