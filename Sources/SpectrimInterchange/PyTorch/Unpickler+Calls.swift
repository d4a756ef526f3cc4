/// The names that a pickle uses and the calls that it makes.
extension Unpickler {
  mutating func checkProtocol() throws(InterchangeError) {
    let version = try reader.byte()
    guard (2...5).contains(version) else {
      throw damaged("has protocol \(version), expected 2 to 5")
    }
  }

  mutating func pushGlobal(module: String, name: String) throws(InterchangeError) {
    guard let value = PickleGlobals.value(module: module, name: name) else {
      throw refused("it needs `\(module.prefix(80)).\(name.prefix(80))`")
    }
    push(value)
  }

  mutating func pushNamedGlobal() throws(InterchangeError) {
    guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
      throw damaged("names a global by what is no text")
    }
    try pushGlobal(module: module, name: name)
  }

  mutating func reduce() throws(InterchangeError) {
    guard case .tuple(let tuple) = try pop(), case .callable(let callable) = try pop() else {
      throw damaged("calls what cannot be called")
    }
    let arguments = tuple.elements
    switch (callable, arguments.count) {
    case (.orderedDictionary, 0): push(newDictionary())
    case (.rebuildTensor, 4...): push(.tensor(try tensor(arguments)))
    case (.rebuildParameter, 1...): push(arguments[0])
    case (.size, 1): push(arguments[0])
    default: throw damaged("calls \(callable) with \(arguments.count) arguments")
    }
  }

  /// The only state that is set is the version of the modules on an `OrderedDict`.
  mutating func build() throws(InterchangeError) {
    _ = try pop()
    guard case .dictionary = try top() else { throw refused("it sets the state of an object") }
  }

  /// `('storage', type, key, device, count)`.
  func storage(_ value: PickleValue) throws(InterchangeError) -> PickleValue {
    guard case .tuple(let tuple) = value, case let parts = tuple.elements, parts.count == 5,
      case .text("storage") = parts[0], case .callable(.storageType(let type)) = parts[1],
      case .text(let key) = parts[2], case .integer(let count) = parts[4], count >= 0
    else { throw damaged("refers to what is no storage") }
    return .storage(PickleStorage(type: type, key: key, elementCount: count))
  }

  /// `(storage, offset, size, stride, …)`.
  private func tensor(_ arguments: [PickleValue]) throws(InterchangeError) -> PickleTensor {
    guard case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1],
      let shape = integers(arguments[2]), let strides = integers(arguments[3]),
      shape.count == strides.count, shape.count <= 64
    else {
      throw damaged("rebuilds a tensor from something else than a storage, sides and strides")
    }
    return PickleTensor(storage: storage, offset: offset, shape: shape, strides: strides)
  }

  private func integers(_ value: PickleValue) -> [Int]? {
    guard case .tuple(let tuple) = value else { return nil }
    let integers = tuple.elements.compactMap { element -> Int? in
      if case .integer(let value) = element { value } else { nil }
    }
    return integers.count == tuple.elements.count ? integers : nil
  }

  func damaged(_ reason: String) -> InterchangeError {
    InterchangeError(.invalid, file: file, "damaged: its pickle \(reason)")
  }

  func refused(_ reason: String) -> InterchangeError {
    InterchangeError(
      .unsupported, file: file, "\(reason), which could run any code; \(PyTorchArchive.remedy)")
  }
}
