import Foundation
import SpectrimCore
import SpectrimFiles
import SpectrimTestSupport
import Testing

@Suite(.needsPython) struct SchemaTests {
  private let folder: TemporaryDirectory
  private let path: String

  init() throws {
    folder = try TemporaryDirectory()
    path = folder.path("model.h5")
    let model = try SampleLayers.model(width: 24)
    let digest = String(repeating: "0", count: 64)
    let noise = NoiseEstimate(method: .bulk, sigma: 0.02)
    let record = ConversionRecord(
      tool: "spectrim test", source: .init(format: "spectrim-model", sha256: digest),
      plan: Plan(layers: [
        LayerPlan(
          name: "fc", rule: "mp", representation: .quantizedLowRank, rank: 2, bits: 8,
          scale: .tensor, step: 0.0125, pruning: .magnitude(0.5), noise: noise, reason: "because")
      ]),
      figures: [
        LayerFigures(name: "fc", energyKept: 0.5, relativeError: 0.7, spikes: 2)
      ],
      training: TrainingRecord(
        settings: ["lr": "0.1"],
        history: [
          .init(
            loss: 1, accuracy: 0.5, testAccuracy: 0.5,
            heldOut: .init(accuracy: 0.5, agreement: 0.75))
        ]))
    try ModelFile.write(
      try model.replacing(layers: model.layers, record: record), to: path,
      storage: StorageSettings(form: .tree))
  }

  private func run(_ name: String, _ arguments: [String]) throws -> String {
    let place = Places.repository.appending(path: "Tests/SpectrimFilesTests/\(name).py")
    let program = try String(contentsOf: place, encoding: .utf8)
    return try Python.run(Python.zstdFilter + program, arguments)
  }

  private func schema(_ name: String) -> URL {
    Places.repository.appending(path: "Schemas/\(name).schema.json")
  }

  @Test func whatIsPooledFollowsTheSchemas() throws {
    let file = try ModelFile.read(at: path)
    let pooled = folder.path("pooled.h5")
    try ModelFile.write(file.model, to: pooled, storage: StorageSettings(form: .pooled))
    let complaints = try run(
      "validate_tree", [pooled, schema("format").path, schema("report").path])
    #expect(complaints == "")
  }

  @Test func whatIsWrittenFollowsTheSchemas() throws {
    let complaints = try run(
      "validate_tree", [path, schema("format").path, schema("report").path])
    #expect(complaints == "")
  }

  @Test(arguments: StorageSettings.Form.allCases)
  func aModelOfEveryStepFollowsTheSchemas(form: StorageSettings.Form) throws {
    let path = folder.path("convolutions.h5")
    let model = try SampleLayers.convolutions()
    let record = ConversionRecord(tool: "spectrim test", source: .init(format: "test"))
    try ModelFile.write(
      try model.replacing(layers: model.layers, record: record), to: path,
      storage: StorageSettings(form: form))
    let complaints = try run(
      "validate_tree", [path, schema("format").path, schema("report").path])
    #expect(complaints == "")
  }

  @Test func theReaderMissesWhatTheSchemaRequires() throws {
    let optional = [
      "/labels/", "/report/", "/initializer", "/input_scale", "/bias/", "/row_scale/",
      "/adapters/b/", "/adapters/a%2F1/",
      // A chain without its last layer is a chain; `verify` misses it by the digest.
      "/layers/layer%2F5.quantized_low_rank/",
    ]
    for line in try run("damage_model", [path, folder.url.path]).split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      let copy = folder.path("\(words[0]).h5")
      let isRead = (try? ModelFile.read(at: copy)) != nil
      #expect(isRead == optional.contains(where: words[1].hasSuffix), "without \(words[1])")
      #expect(!ModelFile.verify(at: copy).isOK || words[1] == "/report/", "without \(words[1])")
    }
  }
}

@Test func theSchemaKnowsEveryWord() throws {
  let place = Places.repository.appending(path: "Schemas/format.schema.json")
  let text = try String(contentsOf: place, encoding: .utf8)
  let words: [[String]] = [
    Representation.Kind.allCases.map(\.rawValue), Activation.Kind.allCases.map(\.rawValue),
    Initializer.allCases.map(\.rawValue), Step.Kind.allCases.map(\.rawValue),
    ModelInput.Layout.allCases.map(\.rawValue),
  ]
  for word in words.joined() { #expect(text.contains("\"\(word)\""), "\(word)") }
}
