import Foundation
import SpectrimCore
import SpectrimFiles
import SpectrimTestSupport
import Testing

private let codecs = StorageSettings.Codec.allCases
private let forms = StorageSettings.Form.allCases

@Test(arguments: codecs, forms)
func everyRepresentationSurvivesTheFile(
  codec: StorageSettings.Codec, form: StorageSettings.Form
) throws {
  let folder = try TemporaryDirectory()
  let path = folder.path("model with spaces.h5")
  let model = try SampleLayers.model(width: 40)
  let storage = StorageSettings(codec: codec, form: form)
  let written = try ModelFile.write(model, to: path, storage: storage)
  let read = try ModelFile.read(at: path)
  #expect(read.model == model)
  #expect(read.form == form)
  #expect(read.warnings == [])
  #expect(read.byteCount == written.byteCount)
  #expect(read.layerByteCounts.keys.sorted() == model.layers.map(\.name).sorted())
}

@Test(arguments: codecs, forms)
func everyStepSurvivesTheFile(
  codec: StorageSettings.Codec, form: StorageSettings.Form
) throws {
  let folder = try TemporaryDirectory()
  let path = folder.path("convolutions.h5")
  let model = try SampleLayers.convolutions()
  try ModelFile.write(model, to: path, storage: StorageSettings(codec: codec, form: form))
  let read = try ModelFile.read(at: path)
  #expect(read.model == model)
  #expect(read.warnings == [])
}

@Test(arguments: forms)
func theSameModelGivesTheSameBytes(form: StorageSettings.Form) throws {
  let folder = try TemporaryDirectory()
  let model = try SampleLayers.model(width: 40)
  let files = try ["a.h5", "b.h5"].map { name in
    try ModelFile.write(model, to: folder.path(name), storage: StorageSettings(form: form))
    return try Data(contentsOf: folder.url.appending(path: name))
  }
  #expect(files[0] == files[1])
}

@Test func tensorsBeyondAChunkSurvive() throws {
  let folder = try TemporaryDirectory()
  var generator = SeededGenerator(seed: 3)
  let shapes = [Shape(3, 1_500_000), Shape(1_500_000, 3)]
  for (shape, bits) in zip(shapes, [8, 8]) {
    let codes = (0..<shape.elementCount).map { _ in Int8.random(in: -127...127, using: &generator) }
    let weight = try QuantizedMatrix(codes: Matrix(shape, codes), bitsPerWeight: bits)
    let model = try Model(
      name: "large", input: ModelInput(shape: [shape.columnCount]),
      layers: [Layer(name: "fc", weight: .quantized(weight))])
    let path = folder.path("\(shape).h5")
    try ModelFile.write(model, to: path)
    #expect(try ModelFile.read(at: path).model == model)
  }
}

@Test func equalTensorsAreStoredOnce() throws {
  let folder = try TemporaryDirectory()
  func byteCount(_ seeds: [UInt64]) throws -> Int {
    let layers = try seeds.enumerated().map { index, seed in
      try Layer(
        name: "fc\(index)",
        weight: try SampleLayers.weight(.factorized, Shape(200, 200), rank: 50, seed: seed))
    }
    let model = try Model(name: "tied", input: ModelInput(shape: [200]), layers: layers)
    let path = folder.path("\(seeds).h5")
    return try ModelFile.write(model, to: path, storage: StorageSettings(form: .tree)).byteCount
  }
  #expect(Double(try byteCount([1, 1])) < 0.6 * Double(try byteCount([1, 2])))
}

@Test func theRecordSurvives() throws {
  let folder = try TemporaryDirectory()
  let plan = Plan(
    layers: [LayerPlan(name: "fc", rule: "mp", representation: .factorized, rank: 2, reason: "r")])
  let record = ConversionRecord(
    tool: "spectrim test", source: .init(format: "spectrim-model", sha256: "ab"), plan: plan,
    figures: [LayerFigures(name: "fc", energyKept: 0.5, relativeError: 0.25)],
    training: TrainingRecord(
      settings: ["lr": "0.1"],
      history: [
        .init(loss: 1, accuracy: 0.5),
        .init(loss: 1, accuracy: 0.5, heldOut: .init(accuracy: 0.25, agreement: 0.125)),
      ]),
    stamp: "today")
  let model = try SampleLayers.model()
  let path = folder.path("model.h5")
  try ModelFile.write(
    try model.replacing(layers: model.layers, record: record), to: path)
  var read = try #require(try ModelFile.read(at: path).model.record)
  #expect(read.digests?.content.count == 64)
  read.digests = nil
  #expect(read == record)
}
