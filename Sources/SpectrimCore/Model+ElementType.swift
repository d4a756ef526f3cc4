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

extension Representation {
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
