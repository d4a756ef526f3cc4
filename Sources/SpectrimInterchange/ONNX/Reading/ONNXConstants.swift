internal import SpectrimCore

/// Computes the constant values of a graph: initializers, and what operators make of them.
struct ONNXConstants {
  private let graph: ONNXGraph
  /// How many operators stand between a constant and the initializers it comes from.
  private var depths: [String: Int] = [:]
  /// How many more elements may be read; a small file could else ask for one tensor many times.
  private var remainingCount: Int
  /// What was changed, for people.
  private(set) var notes: [String] = []

  /// Far above what an exporter writes, and a bound for the recursion.
  private static let largestDepth = 32
  private static let operators: Set<String> = [
    "Cast", "Constant", "DequantizeLinear", "Identity", "Mul", "Reshape", "Squeeze", "Tile",
    "Transpose", "Unsqueeze",
  ]

  init(_ graph: ONNXGraph) {
    self.graph = graph
    // A product that overflows belongs to a tensor that is refused as soon as it is read.
    let count = graph.initializers.reduce(0) { sum, tensor in
      sum &+ tensor.dims.reduce(1) { $0 &* Int($1) }
    }
    remainingCount = max(1 << 20, 8 &* max(0, min(count, 1 << 40)))
    for tensor in graph.initializers { depths[tensor.name] = 0 }
    for node in graph.nodes where Self.operators.contains(node.operatorName) {
      let inputs = node.presentInputs.map { depths[$0] ?? Self.largestDepth }
      let depth = (inputs.max() ?? -1) + 1
      guard depth < Self.largestDepth, let output = node.output.first else { continue }
      depths[output] = depth
    }
  }

  /// Whether a value is constant.
  func contains(_ name: String) -> Bool { depths[name] != nil }

  /// A constant value.
  /// - Throws: `ONNXObstacle` where its operators are not understood, `InterchangeError` where its
  ///   tensor is not sound.
  mutating func value(of name: String) throws -> ONNXConstant {
    remainingCount -= 1
    guard depths[name] != nil else {
      throw ONNXObstacle("`\(name)` is computed from the input, where a constant is needed")
    }
    if let index = graph.initializerIndices[name] {
      return try read(graph.initializers[index], name: name)
    }
    guard let producer = graph.producers[name] else {
      throw ONNXObstacle("`\(name)` is not given by the file")
    }
    let node = graph.nodes[producer]
    if node.opType == "Constant" { return try constant(node, name: name) }
    guard let source = node.input(0) else { throw ONNXObstacle.unknown(node) }
    var value = try value(of: source)
    switch node.opType {
    case "Identity": break
    case "Cast": try cast(&value, node)
    case "Transpose": try transpose(&value, node)
    case "Reshape", "Squeeze", "Unsqueeze": try reshape(&value, node)
    case "Tile": try tile(&value, node)
    case "Mul": try multiply(&value, node)
    case "DequantizeLinear": try dequantize(&value, node)
    default: throw ONNXObstacle.unknown(node)
    }
    return value
  }

  private mutating func read(_ tensor: ONNXTensorProto, name: String) throws -> ONNXConstant {
    let content = try graph.reader.tensor(tensor)
    remainingCount -= content.shape.reduce(1, *)
    guard remainingCount >= 0 else {
      throw ONNXObstacle("its layers share `\(name)` and other weights too often")
    }
    if let index = content.firstNonFiniteIndex {
      throw InterchangeError(
        .invalid, file: graph.file, "tensor `\(name)`: element \(index) is not a finite number")
    }
    return ONNXConstant(elements: .tensor(content), shape: content.shape, name: name)
  }

  private mutating func constant(_ node: ONNXNodeProto, name: String) throws -> ONNXConstant {
    if let value = node.attribute("value"), value.hasT {
      return try read(value.t, name: name)
    }
    let tensor: Tensor
    if let value = node.attribute("value_float") {
      tensor = Tensor([value.f], storedAs: .float32, shape: [])
    } else if let values = node.attribute("value_floats") {
      tensor = Tensor(values.floats, storedAs: .float32, shape: [values.floats.count])
    } else if let value = node.attribute("value_int") {
      tensor = Tensor(onnxIntegers: [value.i], shape: [])
    } else if let values = node.attribute("value_ints") {
      tensor = Tensor(onnxIntegers: values.ints, shape: [values.ints.count])
    } else {
      throw ONNXObstacle.form(node, "has no value that Spectrim reads")
    }
    return ONNXConstant(elements: .tensor(tensor), shape: tensor.shape, name: name)
  }

  private mutating func dequantize(_ value: inout ONNXConstant, _ node: ONNXNodeProto) throws {
    let scales = try node.input(1).map { try self.value(of: $0) }?.floats
    let zeros = try node.input(2).map { try self.value(of: $0) }
    guard let scales, case .tensor(let tensor) = value.elements, tensor.type.elementType == nil,
      node.integer("block_size", default: 0) == 0, zeros == nil || zeros?.integers != nil
    else { throw ONNXObstacle.form(node, "is of a form that has no step") }
    let axis = node.integer("axis", default: 1)
    let content = try QuantizedTensor(
      codes: tensor, shape: value.shape, scales: scales, zeros: zeros?.integers ?? [],
      axis: axis < 0 ? axis + value.shape.count : axis, node: node)
    if let matrix = content.matrix {
      value.elements = .quantized(matrix)
    } else {
      guard let values = content.tensor else {
        throw ONNXObstacle.form(node, "has codes of type \(tensor.type.rawValue)")
      }
      if tensor.type.byteCount == 1 {
        notes.append("the codes of `\(value.name)` are not symmetric; they became floats")
      }
      value.elements = .tensor(values)
    }
  }
}

extension Tensor {
  /// Whole numbers of 64 bits.
  init(onnxIntegers values: [Int64], shape: [Int]) {
    self.init(
      type: .int64, shape: shape, bytes: values.map(\.littleEndian).withUnsafeBytes { [UInt8]($0) })
  }
}
