public import SpectrimCore
internal import SpectrimData

/// Weights in files of numpy.
public enum NPZFile {
  /// Reads an `.npz` file, or the one array of an `.npy` file.
  ///
  /// A file that Spectrim wrote becomes the model that it was; any other is a model with
  /// `options.architecture` alone. Arrays are paired by their names, in natural order.
  /// - Throws: `InterchangeError` when the file is damaged, holds objects, or does not fit the
  ///   options.
  public static func read(at path: String, options: ImportOptions) throws -> ImportedModel {
    let file = try PositionedFile(path)
    if NPYPreamble.isSignature(try file.read(0..<min(file.byteCount, 6))) {
      let archive = try NPZArchive(array: path)
      return try WeightFile(archive.tensors, format: .npy).imported(options)
    }
    let archive = try NPZArchive(at: path)
    let weights = WeightFile(archive.tensors, format: .npz, description: archive.description)
    return try weights.imported(options)
  }

  /// Writes a model with one array per tensor and its steps as a list of texts, `spectrim`.
  /// - Returns: what could not be kept, for people.
  /// - Throws: `InterchangeError.cannotWrite`.
  public static func write(_ model: Model, to path: String) throws -> [String] {
    let export = ModelExport(model, spelling: ArchiveName.encoded)
    var entries = export.tensors.map { tensor in
      ZipWriter.Entry(tensor.name + ".npy") { file(of: tensor.tensor) }
    }
    let lines = export.lines
    entries.append(ZipWriter.Entry(NPZArchive.descriptionName + ".npy") { NPYText.file(lines) })
    try ArchiveName.checkUnique(entries.map(\.name), file: path)
    try ZipWriter.write(entries, to: path)
    return export.notes
  }

  /// Writes every tensor of a checkpoint under its name, compressed ones as their parts.
  /// - Returns: what could not be kept, for people.
  /// - Throws: `InterchangeError.cannotWrite`, or what the source throws.
  public static func write(_ source: any CheckpointSource, to path: String) throws -> [String] {
    let export = try CheckpointExport(source)
    let entries = export.parts.map { part in
      ZipWriter.Entry(ArchiveName.encoded(part.name) + ".npy") {
        file(of: try export.tensor(of: part))
      }
    }
    try ArchiveName.checkUnique(entries.map(\.name), file: path)
    try ZipWriter.write(entries, to: path)
    let hasBrainFloats = export.parts.contains { $0.type == .bfloat16 }
    return export.notes
      + (hasBrainFloats ? ["bf16 is stored as float32, which numpy knows"] : [])
  }

  /// numpy has no bfloat16; all its values are float32 too.
  private static func file(of tensor: Tensor) -> [UInt8] {
    let stored =
      tensor.type == .bfloat16
      ? Tensor(tensor.floats, storedAs: .float32, shape: tensor.shape) : tensor
    let code = NPYTensor.types.first { $0.value == stored.type }?.key ?? "V"
    let order = stored.type.byteCount == 1 ? "|" : "<"
    return NPYHeaderText.bytes(descriptor: order + code, shape: stored.shape) + stored.bytes
  }
}
