import Foundation
import SpectrimTestSupport

/// Schemas judged by Python's jsonschema, which is not our code.
enum JSONSchema {
  /// Whether it can be imported; on CI its absence fails.
  static let isAvailable: Bool =
    Python.isContinuousIntegration
    || (try? Python.run("from jsonschema import Draft202012Validator")) != nil

  /// What is wrong with a document by a schema of `Schemas/commands`, nothing if it is valid.
  static func complaints(_ document: String, _ schema: String) throws -> String {
    let program = """
      import json, sys
      from jsonschema import Draft202012Validator
      schema = json.load(open(sys.argv[2]))
      for error in Draft202012Validator(schema).iter_errors(json.loads(sys.argv[1])):
        print(error.json_path, error.message)
      """
    let path = Places.repository.appending(path: "Schemas/commands/\(schema).schema.json").path
    return try Python.run(program, [document, path])
  }
}
