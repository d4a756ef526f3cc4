import Foundation
import SpectrimTestSupport

/// Schemas judged by Python's jsonschema, which is not our code.
enum JSONSchema {
  /// Whether it can be imported; on CI its absence fails.
  static let isAvailable: Bool =
    Python.isContinuousIntegration
    || (try? Python.run("from jsonschema import Draft202012Validator")) != nil

  /// What is wrong with documents by a schema of `Schemas/commands`, nothing if they are valid.
  static func complaints(_ documents: [String], _ schema: String) throws -> String {
    let program = """
      import json, sys
      from jsonschema import Draft202012Validator
      validator = Draft202012Validator(json.load(open(sys.argv[1])))
      for text in sys.argv[2:]:
        for error in validator.iter_errors(json.loads(text)): print(error.json_path, error.message)
      """
    let path = Places.repository.appending(path: "Schemas/commands/\(schema).schema.json").path
    return try Python.run(program, [path] + documents)
  }
}
