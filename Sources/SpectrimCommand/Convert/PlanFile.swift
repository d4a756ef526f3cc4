internal import Foundation
internal import SpectrimCompression
internal import SpectrimCore
internal import SpectrimFiles

/// Plans as JSON files that people can edit.
enum PlanFile {
  /// Reads a plan.
  /// - Throws: `Failure` when the file cannot be read or holds no plan.
  static func read(at path: String) throws -> Plan {
    let data: Data
    do { data = try Data(contentsOf: URL(filePath: path)) } catch {
      throw Failure(
        .noInput, "\(path): cannot be read; expected a plan that --save-plan wrote", path: path)
    }
    do { return try JSONDecoder().decode(Plan.self, from: data) } catch let error as DecodingError {
      throw Failure(
        .badData, "\(path): is no plan: \(sentence(error)); write one with --save-plan", path: path)
    }
  }

  /// Writes a plan, one field per line.
  static func write(_ plan: Plan, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(plan) + Data("\n".utf8)
    do { try data.write(to: URL(filePath: path), options: .atomic) } catch {
      throw ModelFileError(
        .cannotWrite, file: path, "cannot be written: \(error.localizedDescription)")
    }
  }

  private static func sentence(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context):
      "`\(key.stringValue)` is missing at \(place(context.codingPath))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "another kind of value at \(place(context.codingPath))"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      "an unknown value at \(place(context.codingPath))"
    default: "it is not JSON"
    }
  }

  private static func place(_ path: [any CodingKey]) -> String {
    path.isEmpty
      ? "the top"
      : path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }
}
