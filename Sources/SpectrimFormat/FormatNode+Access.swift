internal import SpectrimCore

/// Typed access: what is missing or of another kind is an error that says where.
extension FormatNode {
  func text(_ name: String) throws(FormatError) -> String {
    guard case .text(let text) = try fact(name) else { throw wrongFact(name, expected: "a string") }
    return text
  }

  func integer(_ name: String) throws(FormatError) -> Int {
    switch try fact(name) {
    case .integer(let value): return value
    case .integers(let values) where values.count == 1: return values[0]
    default: throw wrongFact(name, expected: "one integer")
    }
  }

  func integers(_ name: String) throws(FormatError) -> [Int] {
    switch try fact(name) {
    case .integer(let value): return [value]
    case .integers(let values): return values
    default: throw wrongFact(name, expected: "integers")
    }
  }

  func real(_ name: String) throws(FormatError) -> Double {
    switch try fact(name) {
    case .real(let value): return value
    case .integer(let value): return Double(value)
    default: throw wrongFact(name, expected: "one number")
    }
  }

  func texts(_ name: String) throws(FormatError) -> [String] {
    guard case .texts(let texts) = try fact(name) else {
      throw wrongFact(name, expected: "strings")
    }
    return texts
  }

  /// A word out of a fixed set, such as an activation.
  func word<Word>(_ name: String, of _: Word.Type = Word.self) throws(FormatError) -> Word
  where Word: RawRepresentable<String> & CaseIterable {
    let text = try text(name)
    guard let word = Word(rawValue: text) else {
      throw FormatError(
        at: location(of: name),
        .unknownWord(found: text, expected: Word.allCases.map(\.rawValue)))
    }
    return word
  }

  func group(_ name: String) throws(FormatError) -> FormatNode {
    guard let group = groups[name] else { throw FormatError(at: path, .missing(name)) }
    return group
  }

  func tensor(_ name: String) throws(FormatError) -> Tensor {
    guard let tensor = tensors[name] else { throw FormatError(at: path, .missing(name)) }
    return tensor
  }

  /// A float matrix.
  func weights(_ name: String) throws(FormatError) -> WeightMatrix {
    let tensor = try tensor(name)
    guard let elementType = tensor.type.elementType else {
      throw FormatError(
        at: location(of: name),
        .wrongType(found: tensor.type.rawValue, expected: "f32, f16 or bf16"))
    }
    let shape = try matrixShape(of: tensor, name)
    return WeightMatrix(Matrix(shape, tensor.floats), storedAs: elementType)
  }

  /// A matrix of codes.
  func codeMatrix(_ name: String) throws(FormatError) -> Matrix<Int8> {
    let tensor = try tensor(name)
    try check(tensor, name, isOf: .int8)
    return Matrix(try matrixShape(of: tensor, name), tensor.codes)
  }

  /// A vector of codes or exponents.
  func codeVector(_ name: String) throws(FormatError) -> [Int8] {
    let tensor = try tensor(name)
    try check(tensor, name, isOf: .int8)
    try checkIsVector(tensor, name)
    try checkSides(of: tensor, name)
    return tensor.codes
  }

  func checkIsVector(_ tensor: Tensor, _ name: String) throws(FormatError) {
    guard tensor.shape.count == 1 else {
      throw FormatError(
        at: location(of: name), .wrongShape(found: tensor.shape, expected: "one side"))
    }
  }

  /// Runs a throwing initializer of the model's parts and says where it failed.
  func located<Value>(_ body: () throws(ModelError) -> Value) throws(FormatError) -> Value {
    do { return try body() } catch { throw FormatError(at: path, .model(error)) }
  }

  private func fact(_ name: String) throws(FormatError) -> Fact {
    guard let fact = facts[name] else { throw FormatError(at: path, .missing(name)) }
    return fact
  }

  private func wrongFact(_ name: String, expected: String) -> FormatError {
    let found =
      switch facts[name] {
      case .text: "string"
      case .texts(let values): "\(values.count) strings"
      case .integer: "integer"
      case .integers(let values): "\(values.count) integers"
      case .real: "real number"
      case nil: "nothing"
      }
    return FormatError(at: location(of: name), .wrongType(found: found, expected: expected))
  }

  private func check(
    _ tensor: Tensor, _ name: String, isOf type: ScalarType
  ) throws(FormatError) {
    guard tensor.type == type else {
      throw FormatError(
        at: location(of: name), .wrongType(found: tensor.type.rawValue, expected: type.rawValue))
    }
  }

  private func matrixShape(of tensor: Tensor, _ name: String) throws(FormatError) -> Shape {
    guard tensor.shape.count == 2 else {
      throw FormatError(
        at: location(of: name), .wrongShape(found: tensor.shape, expected: "two sides"))
    }
    try checkSides(of: tensor, name)
    return Shape(tensor.shape[0], tensor.shape[1])
  }

  private func checkSides(of tensor: Tensor, _ name: String) throws(FormatError) {
    guard tensor.shape.allSatisfy({ $0 <= FormatLimit.sideCount }) else {
      throw FormatError(
        at: location(of: name),
        .wrongShape(found: tensor.shape, expected: "sides of at most \(FormatLimit.sideCount)"))
    }
  }
}
