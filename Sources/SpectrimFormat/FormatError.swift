public import SpectrimCore

/// What makes a file not a valid model, and where in the file.
public struct FormatError: Error, Sendable, Equatable {
  /// The place, such as `/layers/fc1/weight/V`.
  public let location: String
  /// What is wrong there.
  public let defect: Defect

  /// Creates an error.
  public init(at location: String, _ defect: Defect) {
    self.location = location
    self.defect = defect
  }

  /// The ways in which a file can be wrong.
  public enum Defect: Sendable, Equatable {
    /// The root does not say that this is a model.
    case notAModel
    /// The major version is unknown.
    case unsupportedVersion(FormatVersion)
    /// A fact, tensor or group that must be there is not.
    case missing(String)
    /// A word is none of those that are known.
    case unknownWord(found: String, expected: [String])
    /// A fact or tensor has another type.
    case wrongType(found: String, expected: String)
    /// A tensor or fact has other sides.
    case wrongShape(found: [Int], expected: String)
    /// A number or text is outside what the format allows.
    case outOfRange(String)
    /// The file holds tensors only, where a model is needed that can be run.
    case noGraph(reason: String)
    /// The parts are valid alone but do not make a model.
    case model(ModelError)
    /// A value is NaN or infinite.
    case notFinite(index: Int)
  }
}

extension FormatError: CustomStringConvertible {
  /// Where, found, expected and, where there is one, the remedy.
  public var description: String { "`\(location)`: \(defect)" }
}

extension FormatError.Defect: CustomStringConvertible {
  /// Found, expected and, where there is one, the remedy.
  public var description: String {
    switch self {
    case .notAModel:
      "no attribute `\(FormatName.format)` = `\(FormatName.formatValue)`; not a Spectrim model"
    case .unsupportedVersion(let version):
      "format version \(version) is unknown, expected \(FormatVersion.current.major).x; "
        + "use a newer spectrim"
    case .missing(let name): "`\(name)` is missing; the file is incomplete"
    case .unknownWord(let found, let expected):
      "`\(found.prefix(80))` is unknown, expected one of \(expected.joined(separator: ", "))"
    case .wrongType(let found, let expected): "type \(found), expected \(expected)"
    case .wrongShape(let found, let expected): "shape \(found), expected \(expected)"
    case .outOfRange(let text): text
    case .noGraph(let reason):
      "the file holds tensors without a graph, because \(reason); it can be inspected, verified, "
        + "converted and exported, but not run"
    case .model(let error): error.description
    case .notFinite(let index):
      "element \(index) is not finite; pass --allow-non-finite to read it all the same"
    }
  }

  /// What stands in the file, for machines.
  public var found: String? {
    switch self {
    case .unsupportedVersion(let version): version.description
    case .unknownWord(let found, _), .wrongType(let found, _): found
    case .wrongShape(let found, _): "\(found)"
    case .notAModel, .missing, .outOfRange, .noGraph, .model, .notFinite: nil
    }
  }

  /// What should stand there, for machines.
  public var expected: String? {
    switch self {
    case .notAModel: FormatName.formatValue
    case .unsupportedVersion: "\(FormatVersion.current.major).x"
    case .missing(let name): name
    case .unknownWord(_, let expected): expected.joined(separator: ", ")
    case .wrongType(_, let expected), .wrongShape(_, let expected): expected
    case .outOfRange, .noGraph, .model, .notFinite: nil
    }
  }
}
