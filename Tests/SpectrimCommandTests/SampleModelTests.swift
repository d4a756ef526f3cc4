import Foundation
import SpectrimCore
import SpectrimFiles
import SpectrimTestSupport
import Testing

/// Every claim of the table in `SampleModels/README.md`; nothing is made anew.
@Suite struct SampleModelTests {
  struct Row {
    let file: String
    let bytes: Int
    let accuracy: String
  }

  private struct Evaluation: Decodable { let accuracy: Double }

  static func rows() throws -> [Row] {
    let text = try String(contentsOfFile: SpectrimBinary.sample("README.md"), encoding: .utf8)
    return text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      return Row(
        file: cells[0].trimmingCharacters(in: ["`"]), bytes: Int(cells[2]) ?? -1,
        accuracy: cells[3])
    }
  }

  @Test func theTableNamesEveryFileWithItsBytes() throws {
    let folder = SpectrimBinary.sample("")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".h5") }
    let rows = try Self.rows()
    #expect(rows.map(\.file).sorted() == files.sorted())
    for row in rows {
      let data = try Data(contentsOf: URL(filePath: SpectrimBinary.sample(row.file)))
      #expect(data.count == row.bytes, "\(row.file)")
      #expect(data.count < 1_500_000, "\(row.file)")
    }
  }

  @Test(.enabled(if: Places.mnistIsComplete)) func theTableTellsTheAccuracyOnTheTestImages() throws
  {
    for row in try Self.rows() {
      let data = try #require(Places.mnist).path
      let found: Evaluation = try SpectrimBinary.json(
        ["evaluate", SpectrimBinary.sample(row.file), "--data", data])
      #expect(String(format: "%.2f %%", 100 * found.accuracy) == row.accuracy, "\(row.file)")
    }
  }

  @Test func withoutARuleNoFileBecomesLarger() throws {
    let folder = try TemporaryDirectory()
    for row in try Self.rows() {
      let document: ConvertDocument = try SpectrimBinary.json(
        ["convert", SpectrimBinary.sample(row.file), "-o", folder.path(row.file)])
      #expect(document.bytes <= row.bytes, "\(row.file)")
    }
  }

  /// Floors of issue 2, on the test images.
  @Test func samplesReachTheirFloors() throws {
    let rows = try Self.rows()
    for (file, floor) in [
      ("mnist-mlp.h5", 97.9), ("mnist-softmax.h5", 92.0), ("lenet5-mp-auto.h5", 99.2),
    ] {
      let row = try #require(rows.first { $0.file == file })
      #expect(try #require(Double(row.accuracy.dropLast(2))) >= floor)
    }
  }

  @Test(arguments: [
    ("mnist-softmax.h5", [Representation.Kind.dense], [Int?.none]),
    ("mnist-mlp.h5", [.dense, .dense, .dense], [nil, nil, nil]),
    ("mnist-mlp-factorized.h5", [.factorized, .factorized, .dense], [40, 40, nil]),
    ("mnist-mlp-chain.h5", [.chain, .chain, .dense], [32, 32, nil]),
    ("mnist-mlp-lora.h5", [.lora, .lora, .lora], [4, 4, 4]),
    (
      "mnist-mlp-int8-low-rank.h5", [.quantizedLowRank, .quantizedLowRank, .quantized],
      [40, 40, nil]
    ),
    (
      "lenet5-mp-auto.h5", [.quantized, .quantizedLowRank, .quantizedLowRank, .quantized],
      [nil, 29, 42, nil]
    ),
  ])
  func aSampleHasTheRepresentationOfItsName(
    file: String, kinds: [Representation.Kind], ranks: [Int?]
  ) throws {
    let model = try ModelFile.read(at: SpectrimBinary.sample(file)).model
    #expect(model.layers.map(\.weight.kind) == kinds)
    #expect(model.layers.map(\.weight.rank) == ranks)
    #expect(model.input.shape == [1, 28, 28] && model.input.layout == .chw)
    #expect(model.record?.tool.hasPrefix("spectrim ") == true)
  }
}
