package import SpectrimCore

/// The named tensors of one file of weights, each read when it is asked for.
package struct StoredTensors: CheckpointSource {
  /// The name, for people: that of the file without its extension.
  package let name: String
  /// The path, for messages.
  package let file: String
  /// What there is, in the order of the file.
  package let entries: [CheckpointEntry]
  /// Whether that order is the one in which the program made them; otherwise numbers in the names
  /// have to tell.
  package let isOrdered: Bool
  private let read: @Sendable (Int) throws -> Tensor

  /// Names tensors and says how to read them.
  package init(
    file: String, entries: [CheckpointEntry], isOrdered: Bool,
    read: @escaping @Sendable (Int) throws -> Tensor
  ) {
    let last = file.split(separator: "/").last.map(String.init) ?? file
    name =
      last.firstIndex(of: ".").map { String(last[..<$0]) }.flatMap { $0.isEmpty ? nil : $0 }
      ?? last
    self.file = file
    self.entries = entries
    self.isOrdered = isOrdered
    self.read = read
  }

  /// One tensor as it stands in the file.
  package func tensor(at index: Int) throws -> Tensor { try read(index) }

  /// One tensor, a dense weight where it has two sides or more.
  package func content(of index: Int) throws -> CheckpointContent {
    CheckpointContent(try read(index), of: entries[index])
  }
}
