internal import Foundation
internal import SpectrimCore
internal import SpectrimFormat

/// The record as canonical JSON: sorted keys, no white space, no escaped slashes.
enum RecordCoding {
  static func text(of record: ConversionRecord) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(record), as: UTF8.self)
  }

  static func record(from text: String) throws -> ConversionRecord {
    try JSONDecoder().decode(ConversionRecord.self, from: Data(text.utf8))
  }

  /// Reads the record of a file.
  static func checked(_ text: String) throws -> ConversionRecord {
    do { return try record(from: text) } catch let error as DecodingError {
      throw FormatError(
        at: "/\(FormatName.report)", .outOfRange("is not a record: \(error.sentence)"))
    }
  }
}

extension DecodingError {
  /// What is wrong and where, in a few words; the text of the decoder itself is for programmers.
  package var sentence: String {
    switch self {
    case .keyNotFound(let key, let context):
      "`\(key.stringValue)` is missing at \(Self.place(context.codingPath))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "another kind of value at \(Self.place(context.codingPath))"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      "an unknown value at \(Self.place(context.codingPath))"
    default: "it is not JSON"
    }
  }

  private static func place(_ path: [any CodingKey]) -> String {
    path.isEmpty
      ? "the top"
      : path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }
}
