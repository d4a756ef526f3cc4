/// A value of JSON.
enum JSONValue: Sendable, Equatable {
  case null
  case flag(Bool)
  case integer(Int)
  case real(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue], order: [String])

  /// A member of an object; `nil` where there is none or it is null.
  subscript(key: String) -> JSONValue? {
    guard case .object(let members, _) = self, let member = members[key], member != .null else {
      return nil
    }
    return member
  }

  var text: String? { if case .text(let text) = self { text } else { nil } }
  var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
  var list: [JSONValue]? { if case .list(let list) = self { list } else { nil } }
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
