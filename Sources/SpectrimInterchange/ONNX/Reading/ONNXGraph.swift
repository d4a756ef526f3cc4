internal import Foundation
internal import SpectrimCore

/// Why a sound graph cannot be run as a chain of Spectrim's steps, in a clause.
struct ONNXObstacle: Error {
  /// The clause, such as "its values branch at `x`".
  let reason: String

  init(_ reason: String) { self.reason = reason }

  /// An operator that has no step.
  static func unknown(_ node: ONNXNodeProto) -> ONNXObstacle {
    ONNXObstacle("operator `\(node.operatorName)` (`\(node.output.first ?? "")`) has no step here")
  }

  /// A known operator in a form that has no step.
  static func form(_ node: ONNXNodeProto, _ what: String) -> ONNXObstacle {
    ONNXObstacle("operator \(node.label) \(what)")
  }
}

/// A graph whose names are sound: every value is given once, and before it is taken.
struct ONNXGraph: Sendable {
  /// The model file.
  let file: String
  /// The version of ONNX's own operators.
  let operatorSet: Int
  /// The operators, each after those that give its inputs.
  let nodes: [ONNXNodeProto]
  /// The tensors of the file.
  let initializers: [ONNXTensorProto]
  /// The values that a caller gives.
  let inputs: [ONNXValueInfoProto]
  /// The values that a caller gets.
  let outputs: [String]
  /// What reads the tensors.
  let reader: ONNXTensorReader
  /// Where the initializer of a name stands.
  let initializerIndices: [String: Int]
  /// Where the node that gives a value stands.
  let producers: [String: Int]
  /// The nodes that take a value on its way to an output, once for every time they take it.
  private let consumers: [String: [Int]]

  init(_ model: ONNXModelProto, file: String) throws {
    guard model.hasGraph, !model.graph.node.isEmpty || !model.graph.initializer.isEmpty else {
      throw InterchangeError(
        .invalid, file: file, "no graph; expected an ONNX model, perhaps the file is cut off")
    }
    let graph = model.graph
    self.file = file
    reader = ONNXTensorReader(file: file)
    operatorSet =
      model.opsetImport.first { ["", "ai.onnx"].contains($0.domain) }
      .map { Int($0.version) } ?? 1
    nodes = graph.node
    initializers = graph.initializer
    var indices: [String: Int] = [:]
    for (index, tensor) in graph.initializer.enumerated() {
      guard !tensor.name.isEmpty, indices.updateValue(index, forKey: tensor.name) == nil else {
        throw InterchangeError(
          .invalid, file: file, "two initializers or one without a name: `\(tensor.name)`",
          found: tensor.name)
      }
    }
    initializerIndices = indices
    inputs = graph.input.filter { indices[$0.name] == nil }
    outputs = graph.output.map(\.name)
    producers = try Self.producers(of: graph, initializers: indices, file: file)
    consumers = Self.consumers(of: graph, producers)
  }

  /// The nodes that take a value on its way to an output.
  func consumers(of value: String) -> [Int] { consumers[value] ?? [] }

  private static func producers(
    of graph: ONNXGraphProto, initializers: [String: Int], file: String
  ) throws -> [String: Int] {
    var known = Set(initializers.keys).union(graph.input.map(\.name))
    var producers: [String: Int] = [:]
    for (index, node) in graph.node.enumerated() {
      if let missing = node.presentInputs.first(where: { !known.contains($0) }) {
        throw InterchangeError(
          .invalid, file: file,
          "node \(node.label) takes `\(missing)`, which nothing before it gives", found: missing)
      }
      for output in node.output where !output.isEmpty {
        guard known.insert(output).inserted else {
          throw InterchangeError(
            .invalid, file: file, "value `\(output)` is given twice", found: output)
        }
        producers[output] = index
      }
    }
    if let missing = graph.output.first(where: { !known.contains($0.name) }) {
      throw InterchangeError(
        .invalid, file: file, "output `\(missing.name)` is given by no node", found: missing.name)
    }
    return producers
  }

  private static func consumers(
    of graph: ONNXGraphProto, _ producers: [String: Int]
  ) -> [String: [Int]] {
    var isLive = Array(repeating: false, count: graph.node.count)
    for output in graph.output { if let index = producers[output.name] { isLive[index] = true } }
    var consumers: [String: [Int]] = [:]
    // Producers stand before their consumers, so that one pass backward finds all that matter.
    for index in graph.node.indices.reversed() where isLive[index] {
      for name in graph.node[index].presentInputs {
        consumers[name, default: []].append(index)
        if let producer = producers[name] { isLive[producer] = true }
      }
    }
    return consumers.mapValues { $0.reversed() }
  }
}
