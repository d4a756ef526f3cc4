public import SpectrimCore

/// Weights in files of safetensors, whole or in shards.
public enum SafetensorsFile {
  /// Reads a `.safetensors` file, the index of a sharded one, or a folder with one of them.
  ///
  /// A file that Spectrim wrote becomes the model that it was; any other is a model with
  /// `options.architecture` alone. Tensors are paired by their names, in natural order.
  /// - Throws: `InterchangeError` when the file is damaged, has a type that is not read, or does
  ///   not fit the options.
  public static func read(at path: String, options: ImportOptions) throws -> ImportedModel {
    let shards = try SafetensorsShards(at: path)
    let description = shards.metadata[descriptionKey]?.split(separator: "\n").map(String.init)
    return try WeightFile(
      shards.tensors, format: .safetensors, description: description, notes: shards.notes
    ).imported(options).consisting(of: shards.files)
  }

  /// The key of `__metadata__` under which the steps of a model stand.
  static let descriptionKey = "spectrim.model"

  /// Writes a model with its steps as a text in `__metadata__`.
  /// - Returns: what could not be kept, for people.
  /// - Throws: `InterchangeError.cannotWrite`.
  public static func write(_ model: Model, to path: String) throws -> [String] {
    let export = ModelExport(model)
    let parts = export.tensors.map {
      SafetensorsWriter.Part(name: $0.name, type: $0.tensor.type, shape: $0.tensor.shape)
    }
    let tensors = Dictionary(export.tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
    let text = export.lines.joined(separator: "\n")
    try SafetensorsWriter.write(parts, metadata: [descriptionKey: text], to: path) { part in
      tensors[part.name]?.bytes ?? []
    }
    return export.notes
  }

  /// Writes every tensor of a checkpoint under its name, compressed ones as their parts.
  /// - Returns: what could not be kept, for people.
  /// - Throws: `InterchangeError.cannotWrite`, or what the source throws.
  public static func write(_ source: any CheckpointSource, to path: String) throws -> [String] {
    let export = try CheckpointExport(source)
    let parts = export.parts.map {
      SafetensorsWriter.Part(name: $0.name, type: $0.type, shape: $0.shape)
    }
    let places = Dictionary(export.parts.map { ($0.name, $0) }) { first, _ in first }
    try SafetensorsWriter.write(parts, metadata: [:], to: path) { part in
      try places[part.name].map { try export.tensor(of: $0).bytes } ?? []
    }
    return export.notes
  }
}
