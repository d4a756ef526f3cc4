/// What is wrong with image or array data; every text names the file.
public enum DataError: Error, Sendable, Equatable {
  /// A file or folder does not exist.
  case missing(path: String, remedy: String)
  /// The system could not read a file that exists.
  case unreadable(path: String, reason: String)
  /// The content breaks the rules of its format.
  case invalid(path: String, found: String, expected: String)
}

extension DataError: CustomStringConvertible {
  /// Where, what was found, what was expected, what helps.
  public var description: String {
    switch self {
    case .missing(let path, let remedy): "\(path): no such file; \(remedy)"
    case .unreadable(let path, let reason): "\(path): \(reason)"
    case .invalid(let path, let found, let expected):
      "\(path): found \(found); expected \(expected)"
    }
  }
}
