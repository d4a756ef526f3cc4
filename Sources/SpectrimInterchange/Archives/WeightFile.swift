internal import SpectrimCore

/// A file of weights, as a model where something says how to run it.
struct WeightFile {
  private let tensors: StoredTensors
  private let format: ForeignFormat
  /// The lines of our own description, where the file has one.
  private let description: [String]?
  private let notes: [String]

  init(
    _ tensors: StoredTensors, format: ForeignFormat, description: [String]? = nil,
    notes: [String] = []
  ) {
    self.tensors = tensors
    self.format = format
    self.description = description
    self.notes = notes
  }

  func imported(_ options: ImportOptions) throws -> ImportedModel {
    guard !tensors.entries.isEmpty else {
      throw InterchangeError(.unsupported, file: tensors.file, "no tensors")
    }
    if let description {
      let model = try ModelDescription(description, of: tensors).model()
      return ImportedModel(.model(model), format: format, notes: notes)
    }
    guard let architecture = options.architecture else {
      let reason = "the file has weights but no activations; pass --arch, for example mlp:relu"
      return ImportedModel(.checkpoint(tensors, reason: reason), format: format, notes: notes)
    }
    let pairing = try TensorPairing(tensors)
    // Counted before anything is read: the file may be of any size.
    let expected = architecture.parameterStepCount
    guard expected == nil || expected == pairing.groups.count else {
      throw WeightAssembly.mismatch(
        file: tensors.file, architecture: architecture, found: pairing.groups.map(\.name))
    }
    let assembly = WeightAssembly(
      file: tensors.file, name: tensors.name, groups: try pairing.weightGroups(),
      isOrdered: tensors.isOrdered)
    let (model, assemblyNotes) = try assembly.model(architecture, options)
    let order = tensors.isOrdered ? [] : [orderNote(model)]
    return ImportedModel(
      .model(model), format: format, notes: notes + pairing.notes + assemblyNotes + order)
  }

  /// What people have to check where a file has no order of its own.
  private func orderNote(_ model: Model) -> String {
    let names = model.layers.prefix(Self.namedLayerCount).map(\.name)
    let more = model.layers.count > names.count ? ", …" : ""
    return
      "the file has no order of layers; by their names they are applied as \(names.joined(separator: ", "))\(more)"
  }

  private static let namedLayerCount = 8
}
