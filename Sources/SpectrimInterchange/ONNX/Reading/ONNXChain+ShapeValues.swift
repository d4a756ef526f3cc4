internal import SpectrimCore

/// Shapes that a graph computes from the shape of its value, as exporters write
/// `x.view(x.size(0), -1)`.
extension ONNXChain {
  /// What stands for the count of examples in a shape that is computed.
  static let batch = Int.min

  /// The integers of a shape.
  mutating func shapeValues(_ name: String, depth: Int = 0) throws -> [Int] {
    if constants.contains(name) {
      guard let values = try constants.value(of: name).integers, values.count <= 16 else {
        throw ONNXObstacle("the shape `\(name)` is no short list of integers")
      }
      return values
    }
    guard depth < 16, let node = graph.producers[name].map({ graph.nodes[$0] }) else {
      throw ONNXObstacle("the shape `\(name)` is computed in a way that is not understood")
    }
    switch node.opType {
    case "Shape" where node.input == [flow.name] && node.attribute.isEmpty:
      return [Self.batch] + flow.sides
    case "Cast", "Unsqueeze", "Squeeze", "Identity":
      return try shapeValues(node.input(0) ?? "", depth: depth + 1)
    case "Concat":
      guard node.input.count <= 8 else { throw ONNXObstacle.unknown(node) }
      // Each part costs a level, so that parts of parts cannot multiply.
      return try node.input.flatMap { try shapeValues($0, depth: depth + 4) }
    case "Gather":
      let values = try shapeValues(node.input(0) ?? "", depth: depth + 1)
      let places = try shapeValues(node.input(1) ?? "", depth: depth + 4)
      return try places.map { place in
        let index = place < 0 ? place + values.count : place
        guard values.indices.contains(index) else { throw ONNXObstacle.unknown(node) }
        return values[index]
      }
    default: throw ONNXObstacle.unknown(node)
    }
  }
}
