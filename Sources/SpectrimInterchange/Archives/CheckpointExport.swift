internal import SpectrimCore
internal import SpectrimFormat

/// The tensors of a checkpoint as an archive names them, each made when its turn comes.
final class CheckpointExport {
  /// One tensor of the archive.
  struct Part {
    let name: String
    let type: ScalarType
    let shape: [Int]
    /// Where it comes from.
    fileprivate let index: Int
    fileprivate let place: Int
  }

  let parts: [Part]
  let notes: [String]
  private let source: any CheckpointSource
  /// The parts of one tensor follow one another or nearly so; the last ones are kept.
  private var last: (index: Int, tensors: [(name: String, tensor: Tensor)])?

  /// Reads every tensor once to learn the sides of its parts.
  init(_ source: any CheckpointSource) throws {
    var (parts, roundedCount, compressedCount): ([Part], Int, Int) = ([], 0, 0)
    for (index, entry) in source.entries.enumerated() {
      let tensors = Self.tensors(of: try source.content(of: index), entry)
      if tensors.count > 1 { compressedCount += 1 }
      if entry.type == .float64, tensors.allSatisfy({ $0.tensor.type != .float64 }) {
        roundedCount += 1
      }
      for (place, item) in tensors.enumerated() {
        parts.append(
          Part(
            name: item.name, type: item.tensor.type, shape: item.tensor.shape, index: index,
            place: place))
      }
    }
    self.parts = parts
    self.source = source
    notes =
      (roundedCount > 0 ? ["\(roundedCount) tensors of 64-bit floats are rounded to 32 bits"] : [])
      + (compressedCount > 0
        ? ["\(compressedCount) compressed tensors stand as their parts, such as `….U` and `….V`"]
        : [])
  }

  /// The bytes of a part.
  func tensor(of part: Part) throws -> Tensor {
    if let last, last.index == part.index { return last.tensors[part.place].tensor }
    let tensors = Self.tensors(
      of: try source.content(of: part.index), source.entries[part.index])
    last = (part.index, tensors)
    return tensors[part.place].tensor
  }

  private static func tensors(
    of content: CheckpointContent, _ entry: CheckpointEntry
  ) -> [(name: String, tensor: Tensor)] {
    switch content {
    case .plain(let tensor): return [(entry.name, tensor)]
    case .weight(.dense(let matrix)):
      let tensor = Tensor(
        matrix.values.elements, storedAs: matrix.elementType, shape: entry.shape)
      return [(entry.name, tensor)]
    case .weight(let weight):
      var tensors: [(name: String, tensor: Tensor)] = []
      weight.formatNode(at: "/tensors/-/weight").visit { group in
        for (name, tensor) in group.tensors.sortedByName() {
          tensors.append(
            (ArchivePart.name(of: group.location(of: name), below: entry.name), tensor))
        }
      }
      return tensors
    }
  }
}
