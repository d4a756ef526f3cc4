internal import SpectrimCore

/// `U/ [out, r]` and `V/ [in, r]`, each a quantized matrix.
extension QuantizedLowRank: WeightFormat {
  func store(in node: inout FormatNode) {
    node.add(FormatName.leftFactor) { u.store(in: &$0) }
    node.add(FormatName.rightFactor) { v.store(in: &$0) }
  }

  init(from node: FormatNode, depth: Int) throws(FormatError) {
    let u = try QuantizedMatrix(from: try node.group(FormatName.leftFactor), depth: depth)
    let v = try QuantizedMatrix(from: try node.group(FormatName.rightFactor), depth: depth)
    self = try node.located { () throws(ModelError) in try QuantizedLowRank(u: u, v: v) }
  }
}
