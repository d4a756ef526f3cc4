internal import SpectrimCore

/// Finds the tensors in what a pickle built: a `state_dict`, or a dictionary with one.
struct StateDictionary {
  private let unpickler: Unpickler
  private let file: String
  private(set) var notes: [String] = []

  init(_ unpickler: Unpickler, file: String) { (self.unpickler, self.file) = (unpickler, file) }

  /// Where training programs keep the weights beside other things.
  private static let nests = ["state_dict", "model_state_dict", "model"]
  /// What wrappers put in front of every name.
  private static let prefixes = ["module.", "_orig_mod."]
  /// How many wrappers may stand around each other.
  private static let wrapperLimit = 4

  /// The tensors by name, in their order.
  mutating func tensors(
    of root: PickleValue
  ) throws(InterchangeError) -> [(name: String, tensor: PickleTensor)] {
    guard case .dictionary(let index) = root else {
      throw InterchangeError(
        .unsupported, file: file, "holds no dictionary of tensors; \(PyTorchArchive.remedy)")
    }
    var items = unpickler.dictionaries[index]
    for nest in Self.nests {
      if let inner = dictionary(named: nest, in: items), !tensors(in: inner).isEmpty {
        notes.append("the tensors stand under `\(nest)`; the rest of the file is left out")
        items = inner
        break
      }
    }
    var found = tensors(in: items)
    guard !found.isEmpty else {
      throw InterchangeError(
        .unsupported, file: file, "has no tensors at its top; \(PyTorchArchive.remedy)")
    }
    if found.count < items.count {
      notes.append("\(items.count - found.count) entries that are no tensors are left out")
    }
    strip(&found)
    var names: Set<String> = []
    for (name, _) in found where !names.insert(name).inserted {
      throw InterchangeError(.invalid, file: file, "two tensors named `\(name)`")
    }
    return found
  }

  private func dictionary(
    named name: String, in items: [(key: PickleValue, value: PickleValue)]
  ) -> [(key: PickleValue, value: PickleValue)]? {
    for case (.text(name), .dictionary(let index)) in items { return unpickler.dictionaries[index] }
    return nil
  }

  private func tensors(
    in items: [(key: PickleValue, value: PickleValue)]
  ) -> [(name: String, tensor: PickleTensor)] {
    items.compactMap { item in
      guard case .text(let name) = item.key, case .tensor(let tensor) = item.value else {
        return nil
      }
      return (name, tensor)
    }
  }

  private mutating func strip(_ found: inout [(name: String, tensor: PickleTensor)]) {
    for _ in 0..<Self.wrapperLimit {
      guard
        let prefix = Self.prefixes.first(where: { prefix in
          found.allSatisfy { $0.name.hasPrefix(prefix) && $0.name.utf8.count > prefix.utf8.count }
        })
      else { return }
      notes.append("the prefix `\(prefix)` of a wrapper is dropped from the names")
      found = found.map { (String($0.name.dropFirst(prefix.count)), $0.tensor) }
    }
  }
}
