internal import SpectrimCore

/// `codes` with `bits` and up to two factors, each as `*_scale` or `*_exponent`.
extension QuantizedMatrix: WeightFormat {
  func store(in node: inout FormatNode) {
    node.facts[FormatName.bits] = .integer(bitsPerWeight)
    node.tensors[FormatName.codes] = Tensor(
      codes.elements, shape: [codes.rowCount, codes.columnCount])
    node.add(rowFactors, scale: FormatName.rowScale, exponent: FormatName.rowExponent)
    node.add(columnFactors, scale: FormatName.columnScale, exponent: FormatName.columnExponent)
  }

  init(from node: FormatNode, depth: Int) throws(FormatError) {
    let codes = try node.codeMatrix(FormatName.codes)
    let bits = try node.integer(FormatName.bits)
    let rows = try node.scaleFactors(FormatName.rowScale, FormatName.rowExponent)
    let columns = try node.scaleFactors(FormatName.columnScale, FormatName.columnExponent)
    self = try node.located { () throws(ModelError) in
      try QuantizedMatrix(
        codes: codes, bitsPerWeight: bits, rowFactors: rows, columnFactors: columns)
    }
    try node.checkIsPlausible(shape)
  }
}

extension FormatNode {
  fileprivate mutating func add(_ factors: ScaleFactors?, scale: String, exponent: String) {
    switch factors {
    case .scales(let values, let elementType):
      tensors[scale] = Tensor(values, storedAs: elementType, shape: [values.count])
    case .exponents(let values): tensors[exponent] = Tensor(values, shape: [values.count])
    case nil: break
    }
  }

  fileprivate func scaleFactors(
    _ scale: String, _ exponent: String
  ) throws(FormatError) -> ScaleFactors? {
    guard let tensor = tensors[scale] else {
      return tensors[exponent] == nil ? nil : .exponents(try codeVector(exponent))
    }
    guard tensors[exponent] == nil else {
      throw FormatError(at: path, .outOfRange("both `\(scale)` and `\(exponent)`; expected one"))
    }
    try checkIsVector(tensor, scale)
    guard let elementType = tensor.type.elementType else {
      throw FormatError(
        at: location(of: scale), .wrongType(found: tensor.type.rawValue, expected: "f32 or f16"))
    }
    return .scales(tensor.floats, storedAs: elementType)
  }
}
