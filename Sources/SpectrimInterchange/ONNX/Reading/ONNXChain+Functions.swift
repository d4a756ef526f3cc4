internal import SpectrimCore
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Functions of one number that a file spells out in simpler operators, as exporters do for GELU
/// and swish in many ways.
extension ONNXChain {
  /// The function that the operators behind a branch compute, and where the last of them stands.
  ///
  /// It is recognized by what it gives, not by how it is written: at every probe it must agree with
  /// one of Spectrim's functions.
  mutating func elementwiseFunction(
    from consumers: [Int]
  ) throws -> (function: Activation, last: Int)? {
    guard let first = consumers.first else { return nil }
    var values = [flow.name: Self.probes]
    var openUses = [flow.name: consumers.count]
    for index in first..<min(first + 64, graph.nodes.count) {
      let node = graph.nodes[index]
      guard let output = node.output.first,
        node.presentInputs.contains(where: { values[$0] != nil })
      else { continue }
      guard let result = try probe(node, values) else { return nil }
      for name in node.presentInputs where values[name] != nil { openUses[name, default: 0] -= 1 }
      values[output] = result
      openUses[output] = graph.consumers(of: output).count
      if openUses.allSatisfy({ $0.key == output || $0.value == 0 }),
        let function = Self.function(giving: result)
      {
        return (function, index)
      }
    }
    return nil
  }

  /// From near zero, where the functions differ, to where they have long settled.
  private static let probes: [Double] =
    (-200...200).map { Double($0) / 25 } + [-1e4, -100, -30, -12, 12, 30, 100, 1e4]

  private static func function(giving results: [Double]) -> Activation? {
    Activation.allCases.first { function in
      guard function != .none, function != .softmax else { return false }
      var batch = Matrix(Shape(1, probes.count), probes.map { Float($0) })
      function.apply(to: &batch)
      return zip(batch.elements, results).allSatisfy {
        abs(Double($0) - $1) <= 2e-6 * max(1, abs($1))
      }
    }
  }

  /// What one operator gives for all probes; `nil` where it is no function of one number.
  private mutating func probe(
    _ node: ONNXNodeProto, _ values: [String: [Double]]
  ) throws -> [Double]? {
    guard node.operatorName == node.opType else { return nil }
    var operands: [[Double]] = []
    for name in node.presentInputs {
      if let known = values[name] {
        operands.append(known)
      } else if constants.contains(name) {
        let constant = try constants.value(of: name)
        guard constant.count == 1, let value = constant.floats?.first else { return nil }
        operands.append(Array(repeating: Double(value), count: Self.probes.count))
      } else {
        return nil
      }
    }
    switch operands.count {
    case 1: return Self.unary(node.opType).map { operands[0].map($0) }
    case 2: return Self.binary(node.opType).map { zip(operands[0], operands[1]).map($0) }
    default: return nil
    }
  }

  private static func unary(_ operation: String) -> ((Double) -> Double)? {
    switch operation {
    case "Erf": { erf($0) }
    case "Tanh": { tanh($0) }
    case "Exp": { exp($0) }
    case "Neg": { -$0 }
    case "Sigmoid": { 1 / (1 + exp(-$0)) }
    case "Relu": { max($0, 0) }
    case "Reciprocal": { 1 / $0 }
    case "Identity": { $0 }
    default: nil
    }
  }

  private static func binary(_ operation: String) -> ((Double, Double) -> Double)? {
    switch operation {
    case "Add": { $0 + $1 }
    case "Sub": { $0 - $1 }
    case "Mul": { $0 * $1 }
    case "Div": { $0 / $1 }
    case "Pow": { pow($0, $1) }
    case "Max": { max($0, $1) }
    default: nil
    }
  }
}
