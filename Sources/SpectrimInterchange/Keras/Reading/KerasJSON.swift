internal import Foundation

/// A JSON value of a Keras configuration, whose shape differs between versions and classes.
enum KerasJSON: Sendable, Equatable {
  case null
  case flag(Bool)
  case integer(Int)
  case real(Double)
  case text(String)
  case list([KerasJSON])
  case object([String: KerasJSON])

  /// Parses a text.
  /// - Throws: `InterchangeError.invalid` when it is no JSON, or nested beyond reason.
  init(parsing bytes: [UInt8], of part: String, file: String) throws(InterchangeError) {
    do {
      self = try JSONDecoder().decode(KerasJSON.self, from: Data(bytes))
    } catch {
      throw InterchangeError(
        .invalid, file: file, "\(part) is not valid JSON; save the model again")
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

extension KerasJSON: Decodable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .real(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([KerasJSON].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: KerasJSON].self))
    }
  }
}
