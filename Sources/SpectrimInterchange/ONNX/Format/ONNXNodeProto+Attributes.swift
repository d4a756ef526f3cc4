extension ONNXNodeProto {
  /// What messages call the node.
  var label: String {
    let name = hasName && !name.isEmpty ? name : output.first ?? ""
    return "`\(opType)` (`\(name)`)"
  }

  /// The operator with its domain where that is not ONNX's own.
  var operatorName: String {
    domain.isEmpty || domain == "ai.onnx" ? opType : "\(domain).\(opType)"
  }

  /// The names of the inputs that are there.
  var presentInputs: [String] { input.filter { !$0.isEmpty } }

  /// An input by its place, or `nil` where it is left out.
  func input(_ index: Int) -> String? {
    index < input.count && !input[index].isEmpty ? input[index] : nil
  }

  /// An attribute by its name.
  func attribute(_ name: String) -> ONNXAttributeProto? { attribute.first { $0.name == name } }
  /// An integer, or what stands for one that is left out.
  func integer(_ name: String, default value: Int) -> Int {
    attribute(name).map { Int($0.i) } ?? value
  }
  /// A list of integers.
  func integers(_ name: String) -> [Int]? { attribute(name).map { $0.ints.map(Int.init) } }
  /// A float, or what stands for one that is left out.
  func float(_ name: String, default value: Float) -> Float { attribute(name)?.f ?? value }
  /// A text.
  func text(_ name: String) -> String? {
    attribute(name).map { String(decoding: $0.s, as: UTF8.self) }
  }
}
