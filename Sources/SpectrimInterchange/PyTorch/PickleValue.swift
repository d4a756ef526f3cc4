internal import SpectrimCore

/// What a pickle may build here: plain data, tensors, and the few names that `torch.save` of a
/// `state_dict` uses. Nothing of it can run code.
enum PickleValue: Sendable {
  case none
  case boolean(Bool)
  case integer(Int)
  case real(Double)
  case text(String)
  case tuple(PickleTuple)
  /// A list or dictionary, by its number in the heap of the unpickler.
  case list(Int)
  case dictionary(Int)
  case callable(PickleCallable)
  indirect case storage(PickleStorage)
  indirect case tensor(PickleTensor)
  /// A constant such as `torch.float32`, which nothing here depends on.
  case constant
}

/// A tuple, the one value that holds others in memory.
struct PickleTuple: Sendable {
  let elements: [PickleValue]
  /// How many tuples stand in each other, this one counted; freeing them takes as many calls.
  let depth: Int

  init(_ elements: [PickleValue]) {
    self.elements = elements
    let inner = elements.map { if case .tuple(let tuple) = $0 { tuple.depth } else { 0 } }
    depth = 1 + (inner.max() ?? 0)
  }
}

/// The functions that may be called.
enum PickleCallable: Sendable {
  case orderedDictionary
  case rebuildTensor
  case rebuildParameter
  case size
  case storageType(ScalarType)
}

/// A storage: the bytes of one or several tensors.
struct PickleStorage: Sendable {
  let type: ScalarType
  /// The name of its entry in the archive.
  let key: String
  let elementCount: Int
}

/// A view of a storage.
struct PickleTensor: Sendable {
  let storage: PickleStorage
  let offset: Int
  let shape: [Int]
  let strides: [Int]
}
