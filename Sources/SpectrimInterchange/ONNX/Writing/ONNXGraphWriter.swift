internal import Foundation
internal import SpectrimCore

/// Collects the operators and tensors of a graph.
struct ONNXGraphWriter {
  /// What there is so far.
  private(set) var graph = ONNXGraphProto()
  /// The version of operators that all of them need.
  private(set) var operatorSet = ONNXFile.writtenOperatorSet
  /// The file, for errors.
  let file: String
  private var names: Set<String> = []
  private var scalars: [Float: String] = [:]
  private var byteCount = 0

  init(file: String) { self.file = file }

  /// Adds an operator, whose name and value are those of the step and the operator.
  /// - Returns: The name of what it gives.
  mutating func node(
    _ operation: String, _ inputs: [String], named name: String,
    _ attributes: [ONNXAttributeProto] = []
  ) -> String {
    var node = ONNXNodeProto()
    node.opType = operation
    node.input = inputs
    node.name = unique("\(name)/\(operation)")
    node.output = [node.name]
    node.attribute = attributes
    graph.node.append(node)
    return node.output[0]
  }

  /// Adds a tensor.
  /// - Returns: Its name, which has a number behind it where the name is taken.
  /// - Throws: `InterchangeError` when the file would have more bytes than one message can.
  mutating func initializer(_ name: String, _ tensor: Tensor) throws -> String {
    byteCount += tensor.bytes.count
    guard byteCount <= ONNXFile.largestByteCount - (1 << 20) else {
      throw InterchangeError(
        .unsupported, file: file,
        "more than 2 GiB of weights, which one ONNX message cannot hold; "
          + "write safetensors")
    }
    var proto = ONNXTensorProto()
    proto.name = unique(name)
    proto.dataType = tensor.type.onnxType
    proto.dims = tensor.shape.map(Int64.init)
    proto.rawData = Data(tensor.bytes)
    graph.initializer.append(proto)
    return proto.name
  }

  /// Adds floats of a stored type; what is computed with them has 32 bits.
  mutating func floats(
    _ name: String, _ values: [Float], storedAs elementType: ElementType = .float32, sides: [Int]
  ) throws -> String {
    let stored = try initializer(name, Tensor(values, storedAs: elementType, shape: sides))
    guard elementType != .float32 else { return stored }
    return node("Cast", [stored], named: name, [.init("to", Int(ScalarType.float32.onnxType))])
  }

  /// Adds whole numbers.
  mutating func integers(_ name: String, _ values: [Int]) throws -> String {
    try initializer(
      name, Tensor(onnxIntegers: values.map(Int64.init), shape: [values.count]))
  }

  /// A number, stored once however often it is used.
  mutating func scalar(_ value: Float) throws -> String {
    if let name = scalars[value] { return name }
    let name = try floats("scalar.\(value)", [value], sides: [])
    scalars[value] = name
    return name
  }

  /// Asks for a later version of the operators.
  mutating func require(operatorSet version: Int) { operatorSet = max(operatorSet, version) }

  /// Names what the graph takes and gives.
  mutating func declare(input: [Int], output: [Int], from last: String) {
    graph.input = [Self.value("input", input)]
    graph.output = [Self.value("scores", output)]
    if let index = graph.node.lastIndex(where: { $0.output == [last] }) {
      graph.node[index].output = ["scores"]
    }
  }

  /// Keeps a name from being given to anything else.
  mutating func reserve(_ name: String) { names.insert(name) }

  private static func value(_ name: String, _ sides: [Int]) -> ONNXValueInfoProto {
    var batch = ONNXTensorShapeProto.Dimension()
    batch.dimParam = "batch"
    var value = ONNXValueInfoProto()
    value.name = name
    value.type.tensorType.elemType = ScalarType.float32.onnxType
    value.type.tensorType.shape.dim =
      [batch]
      + sides.map { side in
        var dimension = ONNXTensorShapeProto.Dimension()
        dimension.dimValue = Int64(side)
        return dimension
      }
    return value
  }

  private mutating func unique(_ name: String) -> String {
    var (candidate, number) = (name, 2)
    while !names.insert(candidate).inserted {
      candidate = "\(name)_\(number)"
      number += 1
    }
    return candidate
  }
}

extension ONNXAttributeProto {
  init(_ name: String, _ value: Int) {
    self.init()
    (self.name, type, i) = (name, .int, Int64(value))
  }
  init(_ name: String, _ value: Float) {
    self.init()
    (self.name, type, f) = (name, .float, value)
  }
  init(_ name: String, _ values: [Int]) {
    self.init()
    (self.name, type, ints) = (name, .ints, values.map(Int64.init))
  }
}
