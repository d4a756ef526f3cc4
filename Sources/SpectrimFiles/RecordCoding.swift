internal import Foundation
internal import SpectrimCore

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
}
