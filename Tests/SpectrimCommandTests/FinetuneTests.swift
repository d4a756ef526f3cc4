import Foundation
import SpectrimCore
import SpectrimFiles
import SpectrimTestSupport
import Testing

@Suite struct FinetuneTests {
  private struct Document: Decodable {
    struct Figures: Decodable { let accuracy: Double, agreement: Double }
    struct HeldOut: Decodable { let count: Int, before: Figures, after: Figures }
    struct Epoch: Decodable { let loss: Double }
    let settings: [String: String]
    let history: [Epoch]
    let heldOut: HeldOut?
    let bytesBefore: Int
    let bytes: Int
    let warnings: [String]
  }

  private let folder: TemporaryDirectory

  init() throws {
    folder = try TemporaryDirectory()
    try TinyDigits.write(to: folder.url)
  }

  /// Runs the program, which must succeed.
  private func run(_ arguments: [String]) throws {
    let outcome = try SpectrimBinary.run(arguments)
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
  }

  /// A trained model and what a conversion makes of it, too coarse to be as good.
  private func prepare(_ conversion: [String] = ["--rank", "fixed=4", "--quantize", "3"]) throws {
    try run([
      "train", "--data", folder.url.path, "--layers", "16,12,10", "--epochs", "30", "--batch",
      "20", "-o", folder.path("dense.h5"),
    ])
    try run(
      ["convert", folder.path("dense.h5"), "-o", folder.path("small.h5")] + conversion)
  }

  private func finetune(_ name: String, _ arguments: [String] = []) throws -> Document {
    let words = [
      "finetune", folder.path("small.h5"), "--teacher", folder.path("dense.h5"), "--data",
      folder.url.path, "--batch", "20", "-o", folder.path(name), "--json",
    ]
    let outcome = try SpectrimBinary.run(words + arguments)
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    if JSONSchema.isAvailable {
      #expect(try JSONSchema.complaints([outcome.standardOutput], "finetune") == "")
    }
    return try JSONDecoder().decode(Document.self, from: Data(outcome.standardOutput.utf8))
  }

  @Test func aConvertedModelComesNearerToItsTeacher() throws {
    try prepare()
    let document = try finetune("tuned.h5", ["--epochs", "20", "--rate", "0.5"])
    let (source, tuned) = (
      try ModelFile.read(at: folder.path("small.h5")),
      try ModelFile.read(at: folder.path("tuned.h5"))
    )
    let heldOut = try #require(document.heldOut)
    #expect(heldOut.count == 30, "a tenth of 300")
    #expect(heldOut.after.agreement >= heldOut.before.agreement)
    #expect(heldOut.after.accuracy >= 0.9)
    #expect(document.history.count == 20)
    #expect(document.history[19].loss < 0.5 * document.history[0].loss)
    #expect(document.bytesBefore == source.byteCount && document.bytes == tuned.byteCount)
    #expect(tuned.model.layers.map(\.weight.kind) == source.model.layers.map(\.weight.kind))
    #expect(document.warnings == [])
    #expect(try SpectrimProgram.run(["verify", folder.path("tuned.h5")]).exitCode == 0)
  }

  @Test func theRecordKeepsTheConversionAndGetsTheTraining() throws {
    try prepare()
    let document = try finetune("tuned.h5", ["--epochs", "2", "--shift", "1", "--no-labels"])
    let old = try #require(try ModelFile.read(at: folder.path("small.h5")).model.record)
    let new = try #require(try ModelFile.read(at: folder.path("tuned.h5")).model.record)
    #expect(new.plan == old.plan && new.figures == old.figures && new.source == old.source)
    #expect(new.training?.settings == document.settings)
    #expect(document.history.count == 2 && new.training?.history.count == 1)
    #expect(
      document.settings == [
        "batch": "20", "epochs": "2", "float-lr": "0.001", "hold-out": "30", "lr": "0.03",
        "no-labels": "true", "rate": "0.1", "seed": "0", "shift": "1", "teacher": "source",
      ])
  }

  @Test(arguments: [[], ["--shift", "1"]])
  func theSameSeedGivesTheSameFile(options: [String]) throws {
    try prepare()
    for (name, seed) in [("first.h5", "3"), ("second.h5", "3"), ("other.h5", "4")] {
      _ = try finetune(name, ["--epochs", "3", "--seed", seed] + options)
    }
    let files = try ["first.h5", "second.h5", "other.h5"].map {
      try Data(contentsOf: folder.url.appending(path: $0))
    }
    #expect(files[0] == files[1])
    #expect(files[0] != files[2])
  }

  @Test func aHigherPriceMakesASmallerFile() throws {
    try prepare(["--rank", "full", "--quantize", "8"])
    let sizes = try ["0", "100", "10000"].map {
      try finetune("rate\($0).h5", ["--epochs", "10", "--lr", "0.5", "--rate", $0]).bytes
    }
    #expect(sizes == sizes.sorted(by: >))
    #expect(Set(sizes).count == 3)
  }

  @Test func withoutCodesTheFloatsLearnAndItIsSaid() throws {
    try prepare(["--rank", "fixed=4", "--quantize", "none"])
    let document = try finetune("tuned.h5", ["--epochs", "2", "--hold-out", "0"])
    #expect(
      document.warnings
        == ["\(folder.path("small.h5")): has no integer codes; its floats are trained"])
    #expect(document.heldOut == nil)
    #expect(document.settings["rate"] == nil && document.settings["float-lr"] == "0.001")
  }

  @Test func theStorageOfTheConversionIsKept() throws {
    try prepare(["--rank", "fixed=4", "--form", "tree", "--codec", "gzip"])
    _ = try finetune("tuned.h5", ["--epochs", "1"])
    #expect(try ModelFile.read(at: folder.path("tuned.h5")).form.rawValue == "tree")
    _ = try finetune("pooled.h5", ["--epochs", "1", "--form", "pooled"])
    #expect(try ModelFile.read(at: folder.path("pooled.h5")).form.rawValue == "pooled")
  }

  @Test func convolutionsLearnToo() throws {
    try TinyDigits.write(to: folder.url, trainCount: 60, testCount: 20, side: 28)
    try run([
      "train", "--data", folder.url.path, "--model", "lenet5", "--epochs", "1", "-o",
      folder.path("dense.h5"),
    ])
    try run([
      "convert", folder.path("dense.h5"), "-o", folder.path("small.h5"), "--rank", "fixed=5",
      "--quantize", "4",
    ])
    let document = try finetune(
      "tuned.h5", ["--epochs", "10", "--shift", "1", "--lr", "0.3", "--rate", "100"])
    #expect(document.bytes < document.bytesBefore)
    let model = try ModelFile.read(at: folder.path("tuned.h5")).model
    #expect(model.layers.allSatisfy { $0.weight.bitsPerWeight == 4 })
  }

  @Test func theTeacherMustBeOfTheSameShapeAndSeeTheSame() throws {
    try prepare()
    try ModelFile.write(
      try SampleNetwork.model(widths: [16, 12, 9]), to: folder.path("nine.h5"))
    try ModelFile.write(
      try SampleNetwork.model(widths: [15, 12, 10]), to: folder.path("narrow.h5"))
    try ModelFile.write(
      try SampleNetwork.model(widths: [16, 12, 10]), to: folder.path("other.h5"))
    let (small, place) = (folder.path("small.h5"), folder.url.path)
    for (teacher, words) in [
      ("nine", "gives 9 numbers, but \(small) gives 10"),
      ("narrow", "takes 15 numbers, but \(small) takes 16"),
      (
        "other", "normalizes pixels by scale=0.00392156862745098,mean=0.0,std=1.0, but \(small) by "
      ),
    ] {
      let outcome = try SpectrimBinary.run([
        "finetune", small, "--teacher", "\(place)/\(teacher).h5", "--data", place, "-o",
        folder.path("tuned.h5"),
      ])
      #expect(outcome.exitCode == 65)
      #expect(outcome.standardError.hasPrefix("error: \(place)/\(teacher).h5: \(words)"))
      #expect(outcome.standardError.hasSuffix("; name the model that it was made from\n"))
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path("tuned.h5")))
  }

  @Test func aTeacherOfAnotherProgramSeesWhatTheStudentSees() throws {
    try prepare()
    try run(["export", folder.path("dense.h5"), "-o", folder.path("dense.onnx")])
    let document = try finetune(
      "tuned.h5", ["--epochs", "1", "--teacher", folder.path("dense.onnx")])
    #expect(
      document.warnings == [
        "\(folder.path("dense.onnx")): says nothing of pixels; it sees what "
          + "\(folder.path("small.h5")) sees"
      ])
    #expect(document.settings["teacher"]?.count == 64)
    let other = try finetune("other.h5", ["--epochs", "1"])
    #expect(document.heldOut?.before.agreement == other.heldOut?.before.agreement)
  }

  @Test(arguments: [
    "--epochs=0", "--rate=-1", "--lr=0", "--float-lr=nan", "--batch=0", "--shift=-1",
    "--hold-out=-1",
  ])
  func wrongNumbersAreUsageErrors(word: String) throws {
    let outcome = try SpectrimBinary.run(
      ["finetune", "small.h5", "--teacher", "dense.h5", "-o", "tuned.h5", word],
      directory: folder.url)
    #expect(outcome.exitCode == 64)
    #expect(outcome.standardError.hasPrefix("error: \(word.prefix { $0 != "=" }): expected "))
  }
}
