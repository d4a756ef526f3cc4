internal import SpectrimFormat
internal import SpectrimHDF5

/// Why a model file could not be read or written.
public struct ModelFileError: Error, Sendable {
  /// What kind of failure it is, for exit codes.
  public enum Code: String, Sendable, CaseIterable {
    /// The file is missing, or the system cannot read it.
    case cannotRead
    /// What the file holds is not a valid model, perhaps not even HDF5.
    case invalid
    /// The target exists and may not be overwritten.
    case exists
    /// The target cannot be written.
    case cannotWrite
  }

  /// What kind of failure it is.
  public let code: Code
  /// The file.
  public let file: String
  /// What was wrong, with the place inside the file where there is one.
  public let message: String
  /// What stands in the file, where that can be said in a word.
  public let found: String?
  /// What should stand there, where that can be said in a word.
  public let expected: String?

  /// Creates an error.
  public init(
    _ code: Code, file: String, _ message: String, found: String? = nil, expected: String? = nil
  ) {
    self.code = code
    self.file = file
    self.message = message
    self.found = found
    self.expected = expected
  }

  /// Adds the file to an error of the format.
  init(_ error: FormatError, file: String) {
    self.init(
      .invalid, file: file, error.description, found: error.defect.found,
      expected: error.defect.expected)
  }

  /// Sorts an error of HDF5 into a file that cannot be read and one that holds nonsense.
  init(_ error: HDF5Error, file: String) {
    let code: Code =
      switch error.code {
      case .cannotOpen, .readFailed: .cannotRead
      case .cannotCreate, .writeFailed: .cannotWrite
      default: .invalid
      }
    // The description names the file already.
    let text = error.description
    let prefix = "\(file): "
    self.init(
      code, file: file, text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
  }
}

extension ModelFileError {
  /// Runs `body` and adds the file to errors of the format and of HDF5.
  static func located<Value>(in file: String, _ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as FormatError {
      throw ModelFileError(error, file: file)
    } catch let error as HDF5Error {
      throw ModelFileError(error, file: file)
    }
  }
}

extension ModelFileError: CustomStringConvertible {
  /// File, place, found, expected and remedy in one line.
  public var description: String { "\(file): \(message)" }
}
