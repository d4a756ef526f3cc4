import Foundation
import SpectrimTestSupport
import Testing

/// The methods of the demo on the sample, with a floor of accuracy and a ceiling of bytes each.
@Suite(.enabled(if: Places.mnistIsComplete)) struct MethodTests {
  private func convert(_ rule: String, _ bits: String) throws -> ConvertDocument {
    let folder = try TemporaryDirectory()
    return try SpectrimBinary.json(
      [
        "convert", SpectrimBinary.sample("mnist-mlp.h5"), "-o", folder.path("small.h5"), "--rank",
        rule, "--quantize", bits,
      ], mnist: Places.mnist)
  }

  /// Nothing that reaches the head is left, so one class is all that is ever said.
  @Test func theNotebooksRuleCollapsesAndWarns() throws {
    let document = try convert("mp:notebook", "none")
    let accuracy = try #require(document.accuracy)
    #expect(document.plan.layers.map(\.rank) == [1, 2, 0])
    // Some class holds 8.9 to 11.4 % of the test images; the notebook names 9.74 %.
    #expect(abs(accuracy.after - 0.0974) < 0.0005)
    #expect(document.warnings.contains { $0.contains("σ² = 1/rows") })
    #expect(document.warnings.contains { $0.contains("`fc3` keeps rank 0") })
  }

  @Test func theEdgeOfTheInitializationCostsAtMost1Point2Points() throws {
    let document = try convert("mp", "none")
    #expect(try #require(document.accuracy).loss <= 1.2)
    #expect(document.bytes <= 105_000)
    #expect(document.layers.map(\.rank) == [32, 13, nil])
    #expect(document.warnings.isEmpty)
  }

  @Test func the95PercentOfTheEnergyLoseNothingVisible() throws {
    let document = try convert("energy=0.95", "none")
    #expect(try #require(document.accuracy).loss <= 0.1)
    #expect(document.bytes <= 930_000)
  }

  @Test func rank30In8BitsIsThirtyTimesSmaller() throws {
    let document = try convert("fixed=30", "8")
    let accuracy = try #require(document.accuracy)
    #expect(accuracy.before >= 0.979)
    #expect(accuracy.after >= 0.970)
    #expect(document.bytes <= 67_000)
    #expect(document.denseBytes == 4 * (784 * 500 + 500 + 500 * 300 + 300 + 300 * 10 + 10))
    #expect(
      document.layers.map(\.representation)
        == ["quantized_low_rank", "quantized_low_rank", "quantized"])
    #expect(document.layers.map(\.bits) == [8, 8, 8])
  }

  /// The plain conversion is at 32.0 kB and 97.11 %; measured after two epochs: 23.5 kB, 97.57 %.
  @Test func twoEpochsOfDistillationGainAccuracyAndSaveAQuarter() throws {
    struct Evaluation: Decodable { let accuracy: Double }
    let folder = try TemporaryDirectory()
    let (dense, data) = (SpectrimBinary.sample("mnist-mlp.h5"), try #require(Places.mnist).path)
    let converted: ConvertDocument = try SpectrimBinary.json([
      "convert", dense, "-o", folder.path("small.h5"), "--rank", "fixed=30", "--quantize", "4",
      "--evaluate", data,
    ])
    let outcome = try SpectrimBinary.run([
      "finetune", folder.path("small.h5"), "--teacher", dense, "--data", data, "--epochs", "2",
      "--rate", "0.3", "-o", folder.path("tuned.h5"),
    ])
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    let found: Evaluation = try SpectrimBinary.json(
      ["evaluate", folder.path("tuned.h5"), "--data", data])
    let size = try Data(contentsOf: folder.url.appending(path: "tuned.h5")).count
    #expect(found.accuracy > (try #require(converted.accuracy).after) + 0.002)
    #expect(Double(size) <= 0.75 * Double(converted.bytes))
  }

  /// The dense network, of which this is 1/39, is not in the repository; it has 99.37 %.
  @Test func aConvolutionalNetworkOf45KilobytesKeepsItsAccuracy() throws {
    struct Evaluation: Decodable { let accuracy: Double }
    let sample = SpectrimBinary.sample("lenet5-mp-auto.h5")
    let found: Evaluation = try SpectrimBinary.json(
      ["evaluate", sample, "--data", try #require(Places.mnist).path])
    #expect(found.accuracy >= 0.992)
    #expect(try Data(contentsOf: URL(filePath: sample)).count <= 45_000)
  }

  /// Exercise 11.3 of the course; the two without pruning are larger.
  @Test func lowRankCodesAndPruningAreOneCommand() throws {
    let folder = try TemporaryDirectory()
    let words = ["--rank", "fixed=40", "--quantize", "5"]
    let documents: [ConvertDocument] = try [[], ["--prune", "magnitude=0.3"]].map {
      try SpectrimBinary.json(
        ["convert", SpectrimBinary.sample("mnist-mlp.h5"), "-o", folder.path("x.h5"), "--force"]
          + words + $0, mnist: Places.mnist)
    }
    #expect(try #require(documents[1].accuracy).after >= 0.97)
    #expect(documents[1].bytes <= 50_000)
    #expect(documents[1].bytes < documents[0].bytes)
  }

  @Test func withoutARuleTheFileIsSmallerAndAsGood() throws {
    let folder = try TemporaryDirectory()
    let document: ConvertDocument = try SpectrimBinary.json(
      ["convert", SpectrimBinary.sample("mnist-mlp.h5"), "-o", folder.path("auto.h5")],
      mnist: Places.mnist)
    #expect(try #require(document.accuracy).loss <= 0.1)
    #expect(document.bytes <= 150_000)
  }
}
