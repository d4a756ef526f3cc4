internal import SpectrimCore

extension Representation {
  /// The weight in a form that can be learned.
  var trainable: any TrainableWeight {
    switch self {
    case .dense(let weight): DenseWeight(weight)
    case .factorized(let weight): FactorizedWeight(weight)
    case .chain(let weight): ChainWeight(weight)
    case .lora(let weight): LoRAWeight(weight)
    case .quantized(let weight): QuantizedWeight(weight)
    case .quantizedLowRank(let weight): QuantizedLowRankWeight(weight)
    }
  }
}
