internal import SpectrimCore

/// A weight of the file as one operator applies it: a layer, or one factor of a layer.
struct ONNXPiece {
  /// The layer's name and the factor's.
  let name: ONNXWeightName
  /// The weight.
  /// - Shape: `[out, in]`, of one group where the groups share it.
  var weight: Representation
  /// What is added, if anything.
  var bias: Bias?
  /// How it moves over a map, if it does.
  let convolution: Convolution?
  /// How many groups share the weight.
  var copyCount = 1

  /// The operation of a layer that is this piece.
  var operation: Operation { convolution.map(Operation.conv2d) ?? .linear }
  /// How many outputs or output channels.
  var outputCount: Int { weight.shape.rowCount * copyCount }

  /// The piece as a layer of its own.
  func layer(named name: String) throws -> Layer {
    let rows = Array(0..<weight.shape.rowCount)
    let copies = (0..<copyCount).flatMap { _ in rows }
    return try Layer(
      name: name, operation: operation,
      weight: copyCount == 1 ? weight : weight.selecting(rows: copies), bias: bias)
  }
}

/// A step of the chain before factors are joined to layers.
enum ONNXItem {
  case piece(ONNXPiece)
  case adapted(Layer)
  case transform(String, Transform.Operation)
}

/// What the name of an initializer says: `fc1.weight`, `fc1.V`, `fc1.F2`, `fc1/kernel:0`.
struct ONNXWeightName: Equatable {
  /// The name of the layer.
  let layer: String
  /// The factor of the layer that it is, `U`, `V`, `F0` …, as Spectrim's files name them.
  let factor: String?

  /// Parses the name of a weight.
  /// - Parameter node: The node that applies it, for weights whose names are made up.
  init(_ weight: String, node: ONNXNodeProto) {
    var name = Substring(weight)
    let endings = [
      ":0", "_quantized", "/ReadVariableOp", "/MatMul", "/Conv2D", "/Cast", ".weight", "/kernel",
    ]
    while let ending = endings.first(where: { name.hasSuffix($0) && name.count > $0.count }) {
      name = name.dropLast(ending.count)
    }
    if let dot = name.lastIndex(of: "."), dot > name.startIndex,
      Self.isFactor(name[name.index(after: dot)...])
    {
      (layer, factor) = (String(name[..<dot]), String(name[name.index(after: dot)...]))
      return
    }
    factor = nil
    let isMadeUp =
      name.hasPrefix("onnx::") || name.hasPrefix("val_")
      || name == weight && name.allSatisfy(\.isNumber)
    layer = isMadeUp ? Self.name(of: node) : String(name)
  }

  private static func isFactor(_ text: Substring) -> Bool {
    text == "U" || text == "V"
      || text.hasPrefix("F") && text.count > 1 && text.dropFirst().allSatisfy(\.isNumber)
  }

  /// The name of a node without the operator at its end: `dense/MatMul` is `dense`.
  static func name(of node: ONNXNodeProto) -> String {
    let name = node.name.isEmpty ? node.output.first ?? "" : node.name
    var parts = name.split(separator: "/")
    if parts.count > 1, let last = parts.last, last.hasPrefix(node.opType) { parts.removeLast() }
    guard !parts.isEmpty else { return node.opType }
    return name.hasPrefix("/") ? scope(parts) : parts.joined(separator: "/")
  }

  /// PyTorch's scopes: `/net/fc1` is `net.fc1`, but `/net/net.0` within a sequence is `net.0`.
  private static func scope(_ parts: [Substring]) -> String {
    parts.reduce("") { outer, part in
      outer.isEmpty || part.hasPrefix("\(outer).") ? String(part) : "\(outer).\(part)"
    }
  }
}
