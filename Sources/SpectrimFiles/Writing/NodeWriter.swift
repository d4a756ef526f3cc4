internal import SpectrimCore
internal import SpectrimFormat
internal import SpectrimHDF5

/// Writes groups of facts and tensors as groups of attributes and datasets.
struct NodeWriter {
  private let datasets: DatasetWriter
  /// Every tensor that was written: an equal one becomes a second name of the same dataset.
  private var written: [Tensor: HDF5Dataset] = [:]

  init(_ datasets: DatasetWriter) { self.datasets = datasets }

  /// Writes a group and all below it.
  mutating func write(_ node: FormatNode, in group: HDF5Group) throws {
    try writeFacts(of: node, in: group)
    for (name, tensor) in node.tensors.sortedByName() {
      if let dataset = written[tensor] {
        try group.hardLink(name, to: dataset)
      } else {
        written[tensor] = try datasets.write(tensor, named: name, in: group)
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
