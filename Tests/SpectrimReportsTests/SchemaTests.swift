import Foundation
import SpectrimReports
import SpectrimTestSupport
import Testing

/// The schemas are judged by Python's jsonschema, which is not our code.
@Suite(.needsPython) struct SchemaTests {
  /// Every document with the name of its schema.
  static func documents() throws -> [(schema: String, json: String)] {
    [
      ("inspect", try Samples.inspection().json()),
      ("inspect", try Samples.bareInspection().json()),
      ("convert", try Samples.conversion().json()),
      ("convert", try Samples.bareConversion().json()),
      ("evaluate", try Documents.evaluation.json()),
      ("evaluate", try Documents.comparison.json()),
      ("predict", try Documents.prediction(top: nil).json()),
      ("verify", try Documents.verification.json()),
      ("error", try Documents.error.json()),
      ("train", try Samples.training().json()),
      ("finetune", try Samples.finetuning().json()),
      ("finetune", try Samples.finetuning(heldOut: false).json()),
    ]
  }

  @Test func everyDocumentFollowsItsSchema() throws {
    for (schema, json) in try Self.documents() {
      #expect(try Self.complaints(json, schema) == "", "\(schema)")
    }
  }

  /// A schema that accepted anything would pass the test above.
  @Test func everyFieldIsRequiredAndNoOtherIsAllowed() throws {
    let program = """
      import json, sys
      from jsonschema import Draft202012Validator
      document = json.load(open(sys.argv[1])); schema = json.load(open(sys.argv[2]))
      validator = Draft202012Validator(schema)
      optional = set(sys.argv[3:])
      def places(value):
        if isinstance(value, dict):
          yield value
          for inner in value.values(): yield from places(inner)
        elif isinstance(value, list):
          for inner in value: yield from places(inner)
      for place in list(places(document)):
        place['surplus'] = 1
        if validator.is_valid(document): print('accepts a surplus field in', sorted(place))
        del place['surplus']
        for key in list(place):
          if key in optional: continue
          kept = place.pop(key)
          if validator.is_valid(document): print('does without', key)
          place[key] = kept
      """
    for (schema, json) in try Self.documents() {
      // A plan and an epoch leave out what does not apply, and the settings of a training are free.
      let optional =
        switch schema {
        case "convert": ["representation", "rank", "stages", "bits", "scale", "noise"]
        case "finetune": ["heldOut", "rate", "teacher"]
        default: ["lr", "optimizer"]
        }
      #expect(try Self.run(program, json, schema, optional) == "", "\(schema)")
    }
  }

  private static func complaints(_ json: String, _ schema: String) throws -> String {
    let program = """
      import json, sys
      from jsonschema import Draft202012Validator
      document = json.load(open(sys.argv[1])); schema = json.load(open(sys.argv[2]))
      Draft202012Validator.check_schema(schema)
      for error in Draft202012Validator(schema).iter_errors(document):
        print(error.json_path, error.message)
      """
    return try run(program, json, schema)
  }

  private static func run(
    _ program: String, _ json: String, _ schema: String, _ arguments: [String] = []
  ) throws -> String {
    let folder = try TemporaryDirectory()
    let document = folder.path("document.json")
    try Data(json.utf8).write(to: URL(filePath: document))
    let path = Places.repository.appending(path: "Schemas/commands/\(schema).schema.json").path
    return try Python.run(program, [document, path] + arguments)
  }
}
