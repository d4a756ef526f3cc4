/// A JSON value of a Keras configuration, whose shape differs between versions and classes.
enum KerasJSON: Sendable, Equatable {
  case null
  case flag(Bool)
  case integer(Int)
  case real(Double)
  case text(String)
  case list([KerasJSON])
  case object([String: KerasJSON])

  /// The deepest nesting that is read; models in models take about 8 levels each.
  private static let depthLimit = 128

  /// Parses a text.
  /// - Throws: `InterchangeError.invalid` when it is no JSON, or nested beyond reason.
  init(parsing bytes: [UInt8], of part: String, file: String) throws(InterchangeError) {
    do {
      self.init(try StrictJSON.value(bytes, depthLimit: Self.depthLimit, file: file))
    } catch {
      throw InterchangeError(
        .invalid, file: file, "\(part) is not valid JSON; save the model again")
    }
  }

  private init(_ value: JSONValue) {
    self =
      switch value {
      case .null: .null
      case .flag(let flag): .flag(flag)
      case .integer(let integer): .integer(integer)
      case .real(let real): .real(real)
      case .string(let text): .text(text)
      case .array(let elements): .list(elements.map { KerasJSON($0) })
      case .object(let members, _): .object(members.mapValues { KerasJSON($0) })
      }
  }

  /// A member of an object; `nil` where there is none or it is null.
  subscript(key: String) -> KerasJSON? {
    guard case .object(let members) = self, let member = members[key], member != .null else {
      return nil
    }
    return member
  }

  var text: String? { if case .text(let text) = self { text } else { nil } }
  var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
  var list: [KerasJSON]? { if case .list(let list) = self { list } else { nil } }
  /// An integer, whole reals included.
  var integer: Int? {
    switch self {
    case .integer(let value): value
    case .real(let value): Int(exactly: value)
    default: nil
    }
  }
  /// A number of any kind.
  var real: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    default: nil
    }
  }
}
