/// Weights that `torch.save` wrote, of torch 1.6 or later.
public enum PyTorchFile {
  /// Reads the `state_dict` of a `.pt` or `.pth` file without running any of it.
  ///
  /// It is a model with `options.architecture` alone; the file has no activations. Tensors are
  /// paired in the order of the file, which is that in which the modules were made.
  /// - Throws: `InterchangeError` when the file is damaged, holds more than a dictionary of
  ///   tensors, or does not fit the options.
  public static func read(at path: String, options: ImportOptions) throws -> ImportedModel {
    let archive = try PyTorchArchive(at: path)
    return try WeightFile(archive.tensors, format: .pytorch, notes: archive.notes)
      .imported(options)
  }
}
