internal import SpectrimCore
internal import SpectrimHDF5

/// The weights of a file of Keras without a graph that could be run.
struct KerasCheckpoint: CheckpointSource {
  let name: String
  let entries: [CheckpointEntry]
  private let datasets: [HDF5Dataset]
  private let file: String

  /// Names all weights `layer/kernel`; where two layers share a name, by their place in the file.
  /// - Throws: `InterchangeError` for a weight that is no array of numbers.
  init(_ weights: KerasWeights, name: String, file: String) throws(InterchangeError) {
    var entries: [CheckpointEntry] = []
    var datasets: [HDF5Dataset] = []
    var names: Set<String> = []
    let groupNames = Dictionary(weights.groups.map { ($0.name, 1) }, uniquingKeysWith: +)
    for group in weights.groups {
      let groupName = groupNames[group.name] == 1 ? group.name : group.key
      for (variable, dataset) in zip(group.variableNames, group.variables.map(\.dataset)) {
        guard let type = ScalarType(keras: dataset.info.elementType) else {
          throw InterchangeError(
            .unsupported, file: file,
            "`\(dataset.path)` holds \(dataset.info.elementType); expected numbers")
        }
        let name = "\(groupName)/\(variable)"
        guard names.insert(name).inserted else {
          throw InterchangeError(.invalid, file: file, "two weights are named `\(name)`")
        }
        let shape = dataset.info.shape
        guard countedBytes(shape, type) != nil else {
          throw InterchangeError(
            .invalid, file: file, "`\(dataset.path)` has shape \(shape), which cannot be counted")
        }
        entries.append(
          CheckpointEntry(
            name: name, type: type, shape: shape, rowAxisCount: max(1, shape.count - 1)))
        datasets.append(dataset)
      }
    }
    (self.name, self.entries, self.datasets, self.file) = (name, entries, datasets, file)
  }

  func content(of index: Int) throws -> CheckpointContent {
    do {
      return CheckpointContent(try datasets[index].tensor(file: file), of: entries[index])
    } catch let error as HDF5Error {
      throw InterchangeError(error, file: file)
    }
  }
}

extension KerasWeights.Group {
  /// The names of the weights, in the place of their numbers where the class tells them.
  var variableNames: [String] {
    let className = KerasClassName.split(key.split(separator: "/").last.map(String.init) ?? key)
      .className
    let isQuantized = variables.first?.dataset.info.elementType == .int8
    let known = KerasClassName.variableNames(
      of: className, count: variables.count, isQuantized: isQuantized)
    return variables.map { variable in
      guard let number = Int(variable.name), known.indices.contains(number) else {
        return variable.name
      }
      return known[number]
    }
  }
}
