import Foundation
import SpectrimTestSupport
import Testing

/// The program with MNIST and the sample models.
enum SpectrimBinary {
  /// Runs the program to its end; only what is passed here tells it where MNIST is.
  static func run(
    _ arguments: [String], mnist: URL? = nil, directory: URL? = nil
  ) throws -> Subprocess.Outcome {
    try SpectrimProgram.run(
      arguments, environment: ["SPECTRIM_MNIST": mnist?.path ?? ""], directory: directory)
  }

  /// Runs the program, which must succeed, and decodes the JSON document that it printed.
  static func json<Document: Decodable>(
    _ arguments: [String], mnist: URL? = nil, as _: Document.Type = Document.self
  ) throws -> Document {
    let outcome = try run(arguments + ["--json"], mnist: mnist)
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    return try JSONDecoder().decode(Document.self, from: Data(outcome.standardOutput.utf8))
  }

  /// A file of the folder `SampleModels`.
  static func sample(_ name: String) -> String {
    Places.repository.appending(path: "SampleModels/\(name)").path
  }

  /// A file of the folder `Golden`.
  static func golden(_ name: String) -> URL {
    Places.repository.appending(path: "Tests/SpectrimCommandTests/Golden/\(name)")
  }
}

/// What the tests read of the JSON of `convert`.
struct ConvertDocument: Decodable {
  struct Layer: Decodable {
    let name: String
    let representation: String
    let rank: Int?
    let bits: Int?
  }
  struct Accuracy: Decodable {
    let before: Double
    let after: Double
    let loss: Double
  }
  struct Plan: Decodable {
    struct Layer: Decodable { let rank: Int? }
    let layers: [Layer]
  }
  let plan: Plan
  let dryRun: Bool
  let bytes: Int
  let denseBytes: Int
  let seconds: Double
  let layers: [Layer]
  let accuracy: Accuracy?
  let warnings: [String]
}
