internal import Foundation
public import SpectrimCore
internal import SwiftProtobuf

extension ONNXFile {
  /// Writes a model for ONNX Runtime, its weights as they are stored: codes with their scales stay
  /// bytes, factors stay factors, 16 bits stay 16 bits.
  /// - Returns: What the file cannot say, for people.
  /// - Throws: `InterchangeError` when the weights need more than 2 GiB or the file cannot be
  ///   written.
  public static func write(_ model: Model, to path: String) throws -> [String] {
    var writer = ONNXGraphWriter(file: path)
    writer.reserve("input")
    writer.reserve("scores")
    var value = "input"
    let shapes = model.featureShapes
    var sides = shapes[0].sides
    if model.input.layout == .hwc, model.steps[0].takesMap {
      sides = model.input.shape
      value = writer.node("Transpose", [value], named: "input", [.init("perm", [0, 3, 1, 2])])
    }
    for (step, shape) in zip(model.steps, shapes) {
      value = try writer.add(step, to: value, taking: shape)
    }
    if value == "input" { value = writer.node("Identity", [value], named: "output") }
    writer.declare(input: sides, output: shapes[shapes.count - 1].sides, from: value)
    var proto = ONNXModelProto()
    proto.irVersion = writer.operatorSet > writtenOperatorSet ? 9 : 8
    proto.producerName = "spectrim"
    proto.graph = writer.graph
    proto.graph.name = model.name.isEmpty ? "model" : model.name
    var operators = ONNXOperatorSetIdProto()
    operators.domain = ""
    operators.version = Int64(writer.operatorSet)
    proto.opsetImport = [operators]
    do {
      let bytes: Data = try proto.serializedBytes()
      try bytes.write(to: URL(filePath: path))
    } catch {
      throw InterchangeError(
        .cannotWrite, file: path, "cannot be written; check the folder and its permissions")
    }
    return notes(for: model)
  }

  private static func notes(for model: Model) -> [String] {
    var notes: [String] = []
    let normalization = model.input.normalization
    notes.append(
      "the graph takes normalized numbers: (pixel · \(normalization.scale) − \(normalization.mean))"
        + " / \(normalization.deviation)")
    if model.labels != nil { notes.append("the names of the classes are left out") }
    if model.layers.contains(where: { $0.inputQuantization != nil }) {
      notes.append("the calibration of inputs to integers is left out")
    }
    return notes
  }
}
