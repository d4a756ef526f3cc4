internal import SpectrimCore

/// The initializers of a graph that cannot be run as a chain.
struct ONNXCheckpoint: CheckpointSource {
  let name: String
  let entries: [CheckpointEntry]
  private let tensors: [ONNXTensorProto]
  private let reader: ONNXTensorReader

  /// Takes all tensors of types that Spectrim knows.
  /// - Returns: The source and a note for each tensor that is left out.
  static func reading(
    _ graph: ONNXGraph, name: String
  ) throws -> (source: ONNXCheckpoint, notes: [String]) {
    var (entries, tensors, notes): ([CheckpointEntry], [ONNXTensorProto], [String]) = ([], [], [])
    for tensor in graph.initializers {
      if let (type, shape) = try graph.reader.header(tensor) {
        entries.append(CheckpointEntry(name: tensor.name, type: type, shape: shape))
        tensors.append(tensor)
      } else {
        notes.append("tensor `\(tensor.name)` of data type \(tensor.dataType) is left out")
      }
    }
    let source = ONNXCheckpoint(
      name: name, entries: entries, tensors: tensors, reader: graph.reader)
    return (source, notes)
  }

  private init(
    name: String, entries: [CheckpointEntry], tensors: [ONNXTensorProto], reader: ONNXTensorReader
  ) {
    self.name = name
    self.entries = entries
    self.tensors = tensors
    self.reader = reader
  }

  func content(of index: Int) throws -> CheckpointContent {
    CheckpointContent(try reader.tensor(tensors[index]), of: entries[index])
  }
}
