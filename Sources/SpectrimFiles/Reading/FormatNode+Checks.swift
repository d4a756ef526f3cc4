internal import SpectrimFormat

extension FormatNode {
  /// Finds the first NaN or infinity in the facts and tensors here and below; a fact is used in
  /// single precision.
  func checkIsFinite() throws(FormatError) {
    try visit { (group) throws(FormatError) in
      for (name, fact) in group.facts.sortedByName() where FormatName.isKnown(name) {
        if case .real(let value) = fact, !Float(value).isFinite {
          throw FormatError(at: group.location(of: name), .notFinite(index: nil))
        }
      }
      for (name, tensor) in group.tensors.sortedByName() {
        if let index = tensor.floats.firstIndex(where: { !$0.isFinite }) {
          throw FormatError(at: group.location(of: name), .notFinite(index: index))
        }
      }
    }
  }

  /// The paths of facts, tensors and groups whose names the format does not have.
  var unknownNames: [String] {
    var unknown: [String] = []
    visit { group in
      let names = [group.facts.keys.sorted(), group.tensors.keys.sorted()].joined()
      unknown += names.filter { !FormatName.isKnown($0) }.map(group.location(of:))
    }
    return unknown
  }
}
