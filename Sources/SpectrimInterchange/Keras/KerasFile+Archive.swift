internal import SpectrimHDF5

/// `.keras`: a ZIP archive of the configuration and the weights.
extension KerasFile {
  /// The most bytes that packed weights may have; Keras itself stores them, and what is stored is
  /// no larger than the file.
  private static let packedLimit = 256 << 20

  static func readArchive(at path: String, options: ImportOptions) throws -> ImportedModel {
    let archive = try ZipArchive(path: path)
    guard let configEntry = archive.entry(named: "config.json") else {
      throw InterchangeError(
        .invalid, file: path, "a ZIP archive without `config.json`; not a model of Keras")
    }
    let bytes = try archive.read(configEntry, atMost: configLimit)
    let config = try StrictJSON.value(
      bytes, of: "`config.json`", file: path, depthLimit: configDepth)
    guard let entry = archive.entry(named: "model.weights.h5") else {
      let other = archive.entries.first { $0.name.hasPrefix("model.weights") }?.name
      throw InterchangeError(
        other == nil ? .invalid : .unsupported, file: path,
        "there is no `model.weights.h5`" + (other.map { ", but `\($0)`" } ?? "")
          + "; save the model with weights in one HDF5 file", found: other)
    }
    let limit = entry.isStored ? entry.byteCount : packedLimit
    let image = try HDF5File.open(image: archive.read(entry, atMost: limit))
    return try read(image.root, config: config, at: path, options: options)
  }
}
