internal import Crypto
internal import SpectrimCore
internal import SpectrimFormat
internal import SpectrimHDF5

/// Writes groups of facts and tensors as groups of attributes and datasets.
struct NodeWriter {
  private let datasets: DatasetWriter
  /// What was written: an equal tensor becomes a second name of the same dataset.
  private var written: [TensorKey: HDF5Dataset] = [:]

  /// A tensor by its digest, so that a large model need not stay in memory.
  private struct TensorKey: Hashable {
    let type: ScalarType
    let shape: [Int]
    let digest: SHA256Digest

    init(_ tensor: Tensor) {
      (type, shape) = (tensor.type, tensor.shape)
      digest = SHA256.hash(data: tensor.bytes)
    }
  }

  init(_ datasets: DatasetWriter) { self.datasets = datasets }

  /// Writes a group and all below it.
  mutating func write(_ node: FormatNode, in group: HDF5Group) throws {
    try writeFacts(of: node, in: group)
    for (name, tensor) in node.tensors.sortedByName() {
      let key = TensorKey(tensor)
      if let dataset = written[key] {
        try group.hardLink(name, to: dataset)
      } else {
        written[key] = try datasets.write(tensor, named: name, in: group)
      }
    }
    for (name, child) in node.groups.sortedByName() {
      try write(child, in: try group.createGroup(name, contents: child.contents()))
    }
  }

  /// Writes the facts of one group; strings become a dataset.
  private func writeFacts(of node: FormatNode, in group: HDF5Group) throws {
    let attributes = group.attributes
    for (name, fact) in node.facts.sortedByName() {
      switch fact {
      case .text(let text): try attributes.write(text, named: name)
      case .integer(let value): try attributes.write(value, as: .int32, named: name)
      case .integers(let values): try attributes.write(values, as: .int32, named: name)
      case .real(let value): try attributes.write(value, named: name)
      case .texts(let texts): try datasets.write(texts, named: name, in: group)
      }
    }
  }
}
