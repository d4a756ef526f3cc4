internal import Foundation
internal import SpectrimCore
internal import SwiftProtobuf

/// ONNX files: graphs of operators with their weights.
///
/// Read are chains of the operators that Spectrim's steps stand for; of all other graphs the
/// weights. Written are models with their weights as they are stored, so that a compressed model
/// is a small file that ONNX Runtime runs.
public enum ONNXFile {
  /// The versions of ONNX's own operators that are understood.
  public static let readableOperatorSets = 7...25
  /// The version that is written, with which ONNX Runtime has run since 1.12.
  public static let writtenOperatorSet = 17
  /// What one message of Protocol Buffers can hold.
  static let largestByteCount = Int(Int32.max)

  /// Reads a model.
  ///
  /// Weights inside the file are in memory until the result is gone; those in files beside it are
  /// read one at a time.
  /// - Throws: `InterchangeError` when the file is damaged, or leaves open what `options` do not
  ///   tell.
  public static func read(
    at path: String, options: ImportOptions = ImportOptions()
  ) throws -> ImportedModel {
    let graph = try ONNXGraph(try message(at: path), file: path)
    let name = URL(filePath: path).deletingPathExtension().lastPathComponent
    do {
      let (model, notes) = try model(of: graph, name: name, options: options)
      return ImportedModel(
        .model(model), format: .onnx, notes: notes, files: [path] + graph.externalFiles)
    } catch let obstacle as ONNXObstacle {
      let (source, notes) = try ONNXCheckpoint.reading(graph, name: name)
      return ImportedModel(
        .checkpoint(source, reason: obstacle.reason), format: .onnx, notes: notes,
        files: [path] + graph.externalFiles)
    }
  }

  private static func message(at path: String) throws -> ONNXModelProto {
    let file = try PositionedFile(path)
    guard file.byteCount <= largestByteCount else {
      throw InterchangeError(
        .unsupported, file: path,
        "\(file.byteCount) bytes; a graph has at most \(largestByteCount), "
          + "save the weights as external data", found: "\(file.byteCount)")
    }
    let bytes = try file.read(0..<file.byteCount)
    do {
      return try ONNXModelProto(serializedBytes: bytes)
    } catch {
      throw InterchangeError(
        .invalid, file: path,
        "not an ONNX model, or cut off: its messages do not end where they "
          + "should")
    }
  }

  private static func model(
    of graph: ONNXGraph, name: String, options: ImportOptions
  ) throws -> (model: Model, notes: [String]) {
    guard readableOperatorSets.contains(graph.operatorSet) else {
      throw ONNXObstacle(
        "its operators are of version \(graph.operatorSet), outside "
          + "\(readableOperatorSets.lowerBound) to \(readableOperatorSets.upperBound)")
    }
    if let node = graph.firstUnknownNode { throw ONNXObstacle.unknown(node) }
    var chain = ONNXChain(
      graph, constants: ONNXConstants(graph),
      input: try ONNXInput(graph, options: options).flow)
    try chain.walk(to: graph.outputs[0])
    do {
      let input = try ModelInput(shape: chain.inputShape, layout: chain.inputLayout)
      let (steps, notes) = try StepFolding.folded(
        try ONNXFactors.steps(chain.items), input: input.featureShape)
      let model = try Model(name: name, input: input, steps: steps)
      return (model, chain.notes + chain.constants.notes + notes)
    } catch let error as ModelError {
      throw ONNXObstacle("its steps do not make a model: \(error)")
    }
  }
}

extension ModelInput {
  /// What the first step sees.
  fileprivate var featureShape: FeatureShape {
    switch layout {
    case .flat: .vector(elementCount)
    case .chw: .map(channels: shape[0], height: shape[1], width: shape[2])
    case .hwc: .map(channels: shape[2], height: shape[0], width: shape[1])
    }
  }
}

extension ONNXGraph {
  /// The first operator that no chain of Spectrim's steps has in any form.
  fileprivate var firstUnknownNode: ONNXNodeProto? {
    nodes.first { node in
      !Self.knownOperators.contains(node.operatorName)
        && node.output.contains { !consumers(of: $0).isEmpty || outputs.contains($0) }
    }
  }

  private static let knownOperators: Set<String> = [
    "Add", "AveragePool", "BatchNormalization", "Cast", "Concat", "Constant", "Conv",
    "DequantizeLinear", "Div", "Dropout", "Erf", "Exp", "Flatten", "Gather", "Gelu", "Gemm",
    "GlobalAveragePool", "GlobalMaxPool", "Identity", "LayerNormalization", "LeakyRelu", "MatMul",
    "Max", "MaxPool", "Mul", "Neg", "PRelu", "Pow", "QuantizeLinear", "Reciprocal", "ReduceMean",
    "Relu", "Reshape", "Shape", "Sigmoid", "Softmax", "Squeeze", "Sub", "Swish", "Tanh", "Tile",
    "Transpose", "Unsqueeze",
  ]
}
