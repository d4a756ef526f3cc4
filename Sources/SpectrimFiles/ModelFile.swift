public import SpectrimCore
public import SpectrimFormat

/// A model that was read from a file, with what the file itself tells.
public struct ModelFile: Sendable {
  /// The kind of file, as reports and records name it.
  public static let format = FormatName.formatValue

  /// The model.
  public let model: Model
  /// The version of the format.
  public let version: FormatVersion
  /// Where the tensors stand.
  public let form: StorageSettings.Form
  /// Bytes of the whole file.
  public let byteCount: Int
  /// Stored bytes of the tensors of each layer by its name; in a pooled file a layer's share of
  /// each pool by its elements.
  public let layerByteCounts: [String: Int]
  /// What was overlooked while reading, such as attributes of a newer minor version.
  public let warnings: [String]
  /// The digests of the content that was read, which need not be those of the record.
  let digests: ConversionRecord.Digests
}
