internal import SpectrimCore
internal import SpectrimFormat

extension FormatNode {
  /// Finds the first NaN or infinity in the tensors here and below.
  func checkIsFinite() throws(FormatError) {
    try visit { (group) throws(FormatError) in
      for (name, tensor) in group.tensors.sortedByName() {
        if let index = tensor.firstNonFiniteIndex {
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
