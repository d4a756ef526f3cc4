internal import SpectrimHDF5

extension KerasFile {
  static func readArchive(at path: String, options: ImportOptions) throws -> ImportedModel {
    throw InterchangeError(.unsupported, file: path, "a ZIP archive")
  }
}
