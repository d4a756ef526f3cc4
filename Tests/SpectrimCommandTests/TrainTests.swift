import Foundation
import SpectrimCore
import SpectrimFiles
import SpectrimTestSupport
import Testing

@Suite struct TrainTests {
  private struct Document: Decodable {
    struct Epoch: Decodable { let loss: Double }
    let settings: [String: String]
    let history: [Epoch]
    let accuracy: Double
    let bytes: Int
  }

  private let folder: TemporaryDirectory

  init() throws {
    folder = try TemporaryDirectory()
    try TinyDigits.write(to: folder.url)
  }

  private func train(_ name: String, _ arguments: [String]) throws -> Document {
    try SpectrimBinary.json(
      ["train", "--data", folder.url.path, "-o", folder.path(name)] + arguments)
  }

  private static let network = ["--layers", "16,12,10", "--epochs", "30", "--batch", "20"]

  @Test func theSameSeedGivesTheSameFile() throws {
    for (name, seed) in [("first.h5", "3"), ("second.h5", "3"), ("other.h5", "4")] {
      _ = try train(name, Self.network + ["--seed", seed, "--dropout", "0.1"])
    }
    let files = try ["first.h5", "second.h5", "other.h5"].map {
      try Data(contentsOf: folder.url.appending(path: $0))
    }
    #expect(files[0] == files[1])
    #expect(files[0] != files[2])
  }

  @Test func aTrainedModelTellsItsSettingsAndReadsBack() throws {
    let document = try train(
      "model.h5",
      Self.network + ["--optimizer", "adam", "--lr", "0.01", "--weight-decay", "0.001"])
    let file = try ModelFile.read(at: folder.path("model.h5"))
    #expect(document.accuracy >= 0.9)
    #expect(document.bytes == file.byteCount)
    #expect(document.history.count == 30)
    #expect(document.settings["optimizer"] == "adam" && document.settings["layers"] == "16,12,10")
    #expect(document.settings["weight-decay"] == "0.001")
    #expect(file.model.record?.training?.settings == document.settings)
    #expect(file.model.input.shape == [1, 4, 4])
    #expect(file.model.layers.map(\.initializer) == [.pytorch, .pytorch])
  }

  @Test func softmaxStartsFromZeroAsThePracticalDoes() throws {
    let document = try train("softmax.h5", ["--model", "softmax", "--layers", "16,10"])
    #expect(document.settings["initializer"] == "zero")
    #expect(document.settings["lr"] == "0.1" && document.settings["batch"] == "100")
    #expect(document.history.count == 20)
    #expect(
      try ModelFile.read(at: folder.path("softmax.h5")).model.input.normalization == .unitBytes)
  }

  @Test(arguments: [
    ("factorized=3", Representation.Kind.factorized), ("chain=4,3", .chain),
  ])
  func factorsStartFromTheSVDOfABase(form: String, kind: Representation.Kind) throws {
    _ = try train("base.h5", Self.network)
    let document = try train(
      "factors.h5", ["--base", folder.path("base.h5"), "--representation", form, "--epochs", "1"])
    let model = try ModelFile.read(at: folder.path("factors.h5")).model
    #expect(model.layers[0].weight.kind == kind)
    #expect(document.settings["initializer"] == "svd")
    #expect(model.record?.source.sha256?.count == 64)
  }

  @Test func adaptersLeaveTheirBaseAsItWas() throws {
    _ = try train("base.h5", Self.network)
    _ = try train(
      "lora.h5",
      ["--base", folder.path("base.h5"), "--representation", "lora=2", "--epochs", "1"])
    let base = try ModelFile.read(at: folder.path("base.h5")).model
    let adapted = try ModelFile.read(at: folder.path("lora.h5")).model
    for (old, new) in zip(base.layers, adapted.layers) {
      guard case .lora(let lora) = new.weight else {
        Issue.record("\(new.name) has no adapter")
        continue
      }
      #expect(lora.base == old.weight)
      #expect(lora.adapters.map(\.rank) == [2])
      #expect(new.bias == old.bias)
    }
  }

  @Test func weightsAreStoredInTheTypeThatWasAskedFor() throws {
    _ = try train("half.h5", Self.network + ["--element-type", "float16", "--epochs", "1"])
    for layer in try ModelFile.read(at: folder.path("half.h5")).model.layers {
      guard case .dense(let weight) = layer.weight else {
        Issue.record("\(layer.name) is not dense")
        continue
      }
      #expect(weight.elementType == .float16)
    }
  }

  @Test(
    arguments: [
      (["--representation", "lora=2"], 64), (["--layers", "16,x"], 64),
      (["--layers", "15,10"], 65),
      (["--representation", "factorized=0"], 64), (["--initializer", "svd"], 64),
      (["--dropout", "1"], 64), (["--weight-decay", "-1"], 64),
      (["--optimizer", "adam", "--momentum", "0.9"], 64),
      (["--decay", "0"], 64), (["--model", "lenet5", "--layers", "16,10"], 64),
      (["--model", "softmax", "--activation", "relu"], 64), (["--model", "lenet5"], 65),
      (["--base", "nowhere.h5"], 66), (["--layers", "16,10", "--lr", "3e38"], 65),
    ] as [([String], Int32)])
  func whatCannotBeTrainedIsSaidInOneLine(arguments: [String], code: Int32) throws {
    let outcome = try SpectrimBinary.run(
      ["train", "--data", folder.url.path, "-o", folder.path("out.h5")] + arguments)
    #expect(outcome.exitCode == code, "\(outcome.standardError)")
    #expect(outcome.standardError.hasPrefix("error: "))
    #expect(!FileManager.default.fileExists(atPath: folder.path("out.h5")))
  }

  @Test(arguments: ["dense", "factorized=3", "chain=4,3"])
  func lenetLearnsInEveryForm(form: String) throws {
    try TinyDigits.write(to: folder.url, trainCount: 60, testCount: 20, side: 28)
    let document = try train(
      "lenet.h5", ["--model", "lenet5", "--representation", form, "--epochs", "2"])
    #expect(document.settings["model"] == "lenet5")
    #expect(document.settings["decay"] == "0.8" && document.settings["dropout"] == "0.5")
    #expect(document.settings["layers"] == nil && document.settings["activation"] == nil)
    let model = try ModelFile.read(at: folder.path("lenet.h5")).model
    #expect(
      model.steps.map(\.name) == ["conv1", "pool1", "conv2", "pool2", "flatten", "fc1", "fc2"])
    #expect(model.layers[1].weight.kind.rawValue == String(form.prefix { $0 != "=" }))
    _ = try train(
      "lora.h5",
      ["--base", folder.path("lenet.h5"), "--representation", "lora=2", "--epochs", "1"])
    let adapted = try ModelFile.read(at: folder.path("lora.h5")).model
    #expect(adapted.layers.map(\.weight.kind) == [.lora, .lora, .lora, .lora])
  }

  @Test func theConvolutionsOfLenetApplyWhatIsAskedFor() throws {
    try TinyDigits.write(to: folder.url, trainCount: 60, testCount: 20, side: 28)
    let document = try train(
      "lenet.h5", ["--model", "lenet5", "--activation", "relu", "--epochs", "1"])
    #expect(document.settings["activation"] == "relu")
    let layers = try ModelFile.read(at: folder.path("lenet.h5")).model.layers
    #expect(layers.map(\.activation) == [.relu, .relu, .relu, .none])
  }

  @Test func missingDataIsAnInputThatCannotBeRead() throws {
    let outcome = try SpectrimBinary.run(
      ["train", "--data", folder.path("nowhere"), "-o", folder.path("out.h5")])
    #expect(outcome.exitCode == 66)
    #expect(outcome.standardError.contains("nowhere"))
  }
}
