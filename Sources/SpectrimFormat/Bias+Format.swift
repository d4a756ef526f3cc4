internal import SpectrimCore

/// A dataset `bias`, or a group `bias/` with `codes` and `exponents`.
extension Bias {
  func store(in layer: inout FormatNode) {
    switch self {
    case .values(let values, let elementType):
      layer.tensors[FormatName.bias] = Tensor(values, storedAs: elementType, shape: [values.count])
    case .codes(let codes, let exponents):
      layer.add(FormatName.bias) {
        $0.tensors[FormatName.codes] = Tensor(codes, shape: [codes.count])
        $0.tensors[FormatName.exponents] = Tensor(exponents, shape: [exponents.count])
      }
    }
  }

  init?(from layer: FormatNode) throws(FormatError) {
    if let group = layer.groups[FormatName.bias] {
      let codes = try group.codeVector(FormatName.codes)
      let exponents = try group.codeVector(FormatName.exponents)
      guard codes.count == exponents.count else {
        throw FormatError(
          at: group.location(of: FormatName.exponents),
          .wrongShape(found: [exponents.count], expected: "\(codes.count), that of the codes"))
      }
      self = .codes(codes, exponents: exponents)
      return
    }
    guard let tensor = layer.tensors[FormatName.bias] else { return nil }
    try layer.checkIsVector(tensor, FormatName.bias)
    guard let elementType = tensor.type.elementType else {
      throw FormatError(
        at: layer.location(of: FormatName.bias),
        .wrongType(found: tensor.type.rawValue, expected: "f32, f16 or bf16"))
    }
    self = .values(tensor.floats, storedAs: elementType)
  }
}
