internal import SpectrimCore

/// `F0 [out, r1]`, `F1 [r1, r2]`, …, numbered without gaps.
extension FactorChain: WeightFormat {
  func store(in node: inout FormatNode) {
    for (index, factor) in factors.enumerated() {
      node.add(FormatName.chainFactorPrefix + "\(index)", factor)
    }
  }

  init(from node: FormatNode, depth: Int) throws(FormatError) {
    var factors: [WeightMatrix] = []
    let count = node.tensors.keys.count { FormatName.isChainFactor($0) }
    for index in 0..<count {
      factors.append(try node.weights(FormatName.chainFactorPrefix + "\(index)"))
    }
    // Multiplied out from the left, one product after another must be bearable.
    for factor in factors {
      try node.checkIsPlausible(Shape(factors[0].shape.rowCount, factor.shape.columnCount))
    }
    let chained = factors
    self = try node.located { () throws(ModelError) in try FactorChain(chained) }
  }
}
