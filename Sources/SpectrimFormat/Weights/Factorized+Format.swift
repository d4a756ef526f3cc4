internal import SpectrimCore

/// `U [out, r]`, `V [in, r]`.
extension Factorized: WeightFormat {
  func store(in node: inout FormatNode) {
    node.add(FormatName.leftFactor, u)
    node.add(FormatName.rightFactor, v)
  }

  init(from node: FormatNode, depth: Int) throws(FormatError) {
    let u = try node.weights(FormatName.leftFactor)
    let v = try node.weights(FormatName.rightFactor)
    self = try node.located { () throws(ModelError) in try Factorized(u: u, v: v) }
  }
}
