internal import SpectrimCore

/// `W [out, in]`.
extension WeightMatrix: WeightFormat {
  func store(in node: inout FormatNode) { node.add(FormatName.denseMatrix, self) }

  init(from node: FormatNode, depth: Int) throws(FormatError) {
    self = try node.weights(FormatName.denseMatrix)
  }
}
