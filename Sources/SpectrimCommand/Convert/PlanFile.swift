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
        .badData, "\(path): is no plan: \(error.sentence); write one with --save-plan", path: path)
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
}
