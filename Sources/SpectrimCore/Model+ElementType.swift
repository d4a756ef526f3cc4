extension Model {
  /// The same model with all float weights and biases rounded to a type; codes and their scales
  /// stay as they are.
  /// - Throws: never in practice: the shapes stay.
  public func stored(as elementType: ElementType) throws(ModelError) -> Model {
    var rounded: [Layer] = []
    for layer in layers {
      var bias = layer.bias
      if case .values(let values, _) = layer.bias { bias = Bias(values, storedAs: elementType) }
      rounded.append(
        try layer.replacing(weight: try layer.weight.stored(as: elementType), bias: bias))
    }
    return try replacing(layers: rounded, record: record)
  }
}

extension Model {
  /// The same model with every float in the type that it has in another model of the same forms, such
  /// as the one that a training started from.
  /// - Throws: never in practice: the shapes stay.
  package func stored(like other: Model) throws(ModelError) -> Model {
    var rounded: [Layer] = []
    for (layer, old) in zip(layers, other.layers) {
      var bias = layer.bias
      if case .values(let values, _) = layer.bias, case .values(_, let elementType) = old.bias {
        bias = Bias(values, storedAs: elementType)
      }
      rounded.append(
        try layer.replacing(weight: try layer.weight.stored(like: old.weight), bias: bias))
    }
    return try replacing(layers: rounded, record: record)
  }
}

extension WeightMatrix {
  fileprivate func stored(like other: WeightMatrix) -> WeightMatrix {
    WeightMatrix(values, storedAs: other.elementType)
  }
}

extension Representation {
  /// Codes have no type to choose, and a weight that changed its form keeps its types.
  fileprivate func stored(like other: Representation) throws(ModelError) -> Representation {
    switch (self, other) {
    case (.dense(let matrix), .dense(let old)):
      return .dense(matrix.stored(like: old))
    case (.factorized(let factors), .factorized(let old)):
      return .factorized(
        try Factorized(u: factors.u.stored(like: old.u), v: factors.v.stored(like: old.v)))
    case (.chain(let chain), .chain(let old)):
      return .chain(try FactorChain(zip(chain.factors, old.factors).map { $0.stored(like: $1) }))
    case (.lora(let lora), .lora(let old)):
      var adapters: [LoRA.Adapter] = []
      for (adapter, old) in zip(lora.adapters, old.adapters) {
        adapters.append(
          try LoRA.Adapter(
            name: adapter.name, a: adapter.a.stored(like: old.a),
            b: adapter.b.stored(like: old.b), alpha: adapter.alpha, scaling: adapter.scaling))
      }
      return .lora(try LoRA(base: lora.base, adapters: adapters))
    default: return self
    }
  }

  fileprivate func stored(as elementType: ElementType) throws(ModelError) -> Representation {
    func rounded(_ matrix: WeightMatrix) -> WeightMatrix {
      WeightMatrix(matrix.values, storedAs: elementType)
    }
    switch self {
    case .quantized, .quantizedLowRank: return self
    case .dense(let matrix): return .dense(rounded(matrix))
    case .factorized(let factors):
      return .factorized(try Factorized(u: rounded(factors.u), v: rounded(factors.v)))
    case .chain(let chain): return .chain(try FactorChain(chain.factors.map(rounded)))
    case .lora(let lora):
      var adapters: [LoRA.Adapter] = []
      for adapter in lora.adapters {
        adapters.append(
          try LoRA.Adapter(
            name: adapter.name, a: rounded(adapter.a), b: rounded(adapter.b),
            alpha: adapter.alpha, scaling: adapter.scaling))
      }
      return .lora(
        try LoRA(base: try lora.base.stored(as: elementType), adapters: adapters))
    }
  }
}
