/// What an export wrote.
public struct ExportReport: Report, Equatable {
  /// The kind of file, which is its extension.
  public let format: String
  /// The size of the file.
  public let bytes: Int
  /// What could not be kept, in sentences.
  public let notes: [String]

  /// Joins the parts.
  public init(format: String, bytes: Int, notes: [String]) {
    self.format = format
    self.bytes = bytes
    self.notes = notes
  }

  /// One line; notes belong on standard error.
  public var text: String { "wrote \(NumberText.bytes(bytes)) of \(format)\n" }
}
