/// An argument of a layer, which Python code and a configuration write differently.
enum KerasValue: Sendable, Equatable {
  case null
  case flag(Bool)
  case integer(Int)
  case real(Double)
  case text(String)
  case list([KerasValue])
  /// An expression of Python that no configuration can hold.
  case code(String)

  /// The value in Python.
  var python: String {
    switch self {
    case .null: "None"
    case .flag(let flag): flag ? "True" : "False"
    case .integer(let value): String(value)
    case .real(let value): String(value)
    case .text(let text): Self.quoted(text)
    case .list(let values) where values.count == 1: "(\(values[0].python),)"
    case .list(let values): "(\(values.map(\.python).joined(separator: ", ")))"
    case .code(let code): code
    }
  }

  /// The value in JSON, or `nil` where there is none.
  var json: String? {
    switch self {
    case .null: return "null"
    case .flag(let flag): return flag ? "true" : "false"
    case .list(let values):
      let parts = values.compactMap(\.json)
      return parts.count == values.count ? "[\(parts.joined(separator: ", "))]" : nil
    case .code: return nil
    case .integer, .real, .text: return python
    }
  }

  /// A string in quotes, by rules that JSON and Python share.
  static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: String(scalar)
      }
    }
    return "\"\(escaped.joined())\""
  }
}
