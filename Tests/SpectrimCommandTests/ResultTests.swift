import Foundation
import SpectrimCore
import SpectrimFiles
import SpectrimTestSupport
import Testing

/// What the subcommands print, against the reference implementation.
@Suite struct ResultTests {
  let folder: SampleFolder
  init() throws { folder = try SampleFolder() }

  private func document(_ arguments: [String], _ schema: String) throws -> [String: Any] {
    let outcome = try SpectrimProgram.run(arguments + ["--json"])
    try #require(outcome.exitCode == 0, "\(outcome.standardError)")
    #expect(outcome.standardError == "")
    if JSONSchema.isAvailable {
      #expect(try JSONSchema.complaints([outcome.standardOutput], schema) == "")
    }
    return try SpectrimProgram.document(outcome)
  }

  /// The class with the largest reference score of every image.
  private var classes: [Int] {
    let scores = folder.model.scores(for: folder.batch)
    return (0..<scores.rowCount).map { row in
      let values = Array(scores.row(row))
      return values.firstIndex(of: values.max() ?? 0) ?? 0
    }
  }

  @Test(arguments: [["--split", "train"], []])
  func evaluateCountsWhatTheReferenceCounts(split: [String]) throws {
    let result = try document(
      ["evaluate", folder.path("model.h5"), "--data", folder.path("data")] + split, "evaluate")
    let correct = classes.enumerated().count { $0.offset == $0.element }
    #expect(result["count"] as? Int == SampleFolder.imageCount)
    #expect(result["correct"] as? Int == correct)
    #expect(result["agreement"] == nil, "there is nothing to compare with")
    #expect((result["imagesPerSecond"] as? Double).map { $0 > 0 } == true)
  }

  @Test func theFolderMayComeFromTheEnvironment() throws {
    let outcome = try SpectrimProgram.run(
      ["evaluate", folder.path("model.h5")],
      environment: ["SPECTRIM_MNIST": folder.path("data")])
    #expect(outcome.exitCode == 0)
    #expect(outcome.standardOutput.hasPrefix("accuracy"))
  }

  @Test func anExpandedModelComputesTheSameFromDenseFloats() throws {
    let dense = folder.path("dense one.h5")
    let report = try document(["expand", folder.path("model.h5"), "-o", dense], "inspect")
    let layers = try #require(report["layers"] as? [[String: Any]])
    #expect(layers.allSatisfy { $0["representation"] as? String == "dense" })
    let file = try ModelFile.read(at: dense)
    #expect(file.model.layers.map(\.name) == folder.model.layers.map(\.name))
    #expect(file.model.layers.map(\.initializer) == folder.model.layers.map(\.initializer))
    for (expanded, layer) in zip(file.model.layers, folder.model.layers) {
      #expect(expanded.weight == .dense(WeightMatrix(layer.weight.materialized())))
      #expect(expanded.bias == layer.bias.map { Bias($0.values) })
    }
    let record = try #require(file.model.record)
    #expect(record.plan == nil)
    #expect(record.source.format == "spectrim-model")
    #expect(
      try record.source.sha256 == FileDigest.sha256(ofFileAt: folder.path("model.h5")))
    let compared = try document(
      [
        "evaluate", dense, "--against", folder.path("model.h5"), "--data", folder.path("data"),
      ], "evaluate")
    #expect(compared["agreement"] as? Double == 1)
    #expect(compared["accuracyLoss"] as? Double == 0)
    let largest = folder.model.scores(for: folder.batch).elements.map(\.magnitude).max() ?? 0
    let difference = try #require(compared["maxScoreDifference"] as? Double)
    // Six layers of sums of 12 terms, each rounded at 2⁻²⁴ of their magnitude, in another order.
    #expect(difference <= 1e-4 * Double(largest))
  }

  @Test(arguments: ["gzip", "none", "zstd"], ["tree", "pooled"])
  func theStorageOfAnExpandedModelIsChosen(codec: String, form: String) throws {
    let path = folder.path("\(codec) \(form).h5")
    let outcome = try SpectrimProgram.run([
      "expand", folder.path("model.h5"), "-o", path, "--codec", codec, "--form", form,
    ])
    #expect(outcome.exitCode == 0)
    #expect(try ModelFile.read(at: path).form.rawValue == form)
    #expect(try SpectrimProgram.run(["verify", path]).exitCode == 0)
  }

  @Test func anExistingFileIsReplacedOnlyByForce() throws {
    let path = folder.path("old.h5")
    try Data("old".utf8).write(to: URL(filePath: path))
    let words = ["expand", folder.path("model.h5"), "-o", path]
    #expect(try SpectrimProgram.run(words).exitCode == 74)
    #expect(try SpectrimProgram.run(words + ["--force"]).exitCode == 0)
    #expect(try ModelFile.read(at: path).model.layers.count == folder.model.layers.count)
  }

  @Test func aFloatArrayIsWhatTheNetworkSeesAndPixelsAreNormalized() throws {
    try writeArrays()
    let names = ["floats.npy", "bytes.npy"]
    let result = try document(
      ["predict", folder.path("model.h5")] + names.map(folder.path)
        + ["\(folder.path("data")):3"], "predict")
    let results = try #require(result["results"] as? [[String: Any]])
    try #require(results.count == 2 * SampleFolder.imageCount + 1)
    let reference = folder.model.scores(for: folder.batch)
    let largest = reference.elements.map(\.magnitude).max() ?? 0
    for (index, entry) in results.enumerated() {
      let row = index == results.count - 1 ? 3 : index % SampleFolder.imageCount
      let scores = try #require(entry["scores"] as? [Double])
      for (score, expected) in zip(scores, reference.row(row)) {
        #expect(abs(score - Double(expected)) <= 1e-4 * Double(largest))
      }
      #expect(entry["label"] as? Int == classes[row])
      #expect(entry["labelName"] as? String == "class \(classes[row])")
    }
    #expect(results[0]["input"] as? String == folder.path("floats.npy") + "[0]")
    #expect(results.last?["expected"] as? Int == 3)
  }

  @Test func aPGMImageGivesTheScoresOfItsPixels() throws {
    let pixels = folder.pixels.prefix(12)
    try (Data("P5 4 3 255\n".utf8) + Data(pixels)).write(
      to: URL(filePath: folder.path("first image.PGM")))
    let result = try document(
      [
        "predict", folder.path("model.h5"), folder.path("first image.PGM"),
        "\(folder.path("data")):0",
      ], "predict")
    let results = try #require(result["results"] as? [[String: Any]])
    #expect(results.first?["scores"] as? [Double] == results.last?["scores"] as? [Double])
    #expect(results.first?["expected"] is NSNull)
  }

  @Test func theBestClassesAreListedByName() throws {
    let outcome = try SpectrimProgram.run([
      "predict", folder.path("model.h5"), "\(folder.path("data")):0", "--top", "2",
    ])
    #expect(outcome.exitCode == 0)
    #expect(outcome.standardOutput.split(separator: "\n").count == 3)
    #expect(outcome.standardOutput.contains("class \(classes[0])"))
  }

  @Test(.enabled(if: Python.isAvailable))
  func theSpectraAreThoseOfNumpy() throws {
    let result = try document(
      ["inspect", folder.path("model.h5"), "--control", "--seed", "3"], "inspect")
    let layers = try #require(result["layers"] as? [[String: Any]])
    let samples = folder.model.layers.map { layer in
      let matrix = layer.weight.materialized()
      return (matrix.rowCount, matrix.columnCount, matrix.elements)
    }
    let expected = try Python.numbers(
      "for m in matrices: show(np.linalg.svd(m, compute_uv=False))", samples)
    try #require(layers.count == expected.count)
    for (layer, values) in zip(layers, expected) {
      let spectrum = try #require(layer["spectrum"] as? [String: Any])
      let found = try #require(spectrum["singularValues"] as? [Double])
      // The reference is of the product rounded to 32 bits, 2⁻²⁴ of each of 12 entries a row.
      for (left, right) in zip(found, values) { #expect(abs(left - right) <= 1e-6 * values[0]) }
      #expect(spectrum["shuffledNorm"] is Double)
      let isCut = layer["rank"] is Int
      #expect((layer["marchenkoPastur"] is NSNull) == isCut)
    }
  }

  @Test func theShuffledControlStandsBesideTheSpectrum() throws {
    let words = ["inspect", folder.path("model.h5")]
    #expect(
      try SpectrimProgram.run(words + ["--control"]).standardOutput.contains("shuffled norm"))
    #expect(try !SpectrimProgram.run(words).standardOutput.contains("shuffled norm"))
  }

  @Test func aPageIsWrittenBesideTheText() throws {
    let page = folder.path("a page.html")
    let words = ["inspect", folder.path("model.h5")]
    let outcome = try SpectrimProgram.run(words + ["--html", page])
    #expect(outcome.exitCode == 0)
    #expect(try outcome.standardOutput == SpectrimProgram.run(words).standardOutput)
    #expect(try String(contentsOfFile: page, encoding: .utf8).hasPrefix("<!DOCTYPE html>"))
    let markdown = try SpectrimProgram.run(words + ["--markdown"])
    #expect(markdown.standardOutput.contains("| layer |"))
  }

  @Test func verifyReportsEveryFileAndTheWorstCode() throws {
    try Data("no model".utf8).write(to: URL(filePath: folder.path("text")))
    let files = ["model.h5", "text", "none.h5"].map(folder.path)
    let outcome = try SpectrimProgram.run(["verify", "--json"] + files)
    #expect(outcome.exitCode == 66)
    if JSONSchema.isAvailable {
      #expect(try JSONSchema.complaints([outcome.standardOutput], "verify") == "")
    }
    let reports = try SpectrimProgram.document(outcome)["files"] as? [[String: Any]]
    #expect(reports?.map { $0["ok"] as? Bool } == [true, false, false])
    #expect(try SpectrimProgram.run(["verify", files[0]]).exitCode == 0)
  }

  /// The images as a numpy array of floats that the network sees, and as one of bytes.
  private func writeArrays() throws {
    func array(_ descriptor: String, _ data: Data) -> Data {
      var header = "{'descr': '\(descriptor)', 'fortran_order': False, "
      header += "'shape': (\(SampleFolder.imageCount), 3, 4), }\n"
      return Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0])
        + Data(header.utf8) + data
    }
    let floats = folder.batch.elements.withUnsafeBytes { Data($0) }
    try array("<f4", floats).write(to: URL(filePath: folder.path("floats.npy")))
    try array("|u1", Data(folder.pixels)).write(to: URL(filePath: folder.path("bytes.npy")))
  }
}
