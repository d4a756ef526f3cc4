import Foundation
import SpectrimCore
import SpectrimReports
import SpectrimSpectra
import Testing

@Suite struct InspectionTests {
  @Test func absentValuesAreWrittenAsNull() throws {
    let report = try Samples.bareInspection()
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(report.json().utf8)) as? [String: Any])
    let layer = try #require((document["layers"] as? [[String: Any]])?.first)
    for field in [
      "rank", "bits", "energyKept", "relativeError", "rule", "reason", "spectrum",
      "marchenkoPastur",
    ] {
      #expect(layer[field] is NSNull, "\(field)")
    }
    #expect((document["provenance"] as? [String: Any])?["stamp"] is NSNull)
  }

  @Test func bytesAndRatiosFollowTheContract() throws {
    let report = try Samples.inspection()
    let first = try #require(report.layers.first)
    #expect(first.denseBytes == 4 * (300 * 784 + 300))
    #expect(first.bytes == 9_876)
    #expect(first.ratio == Double(first.denseBytes) / 9_876)
    #expect(report.totals.bytes == report.file.bytes)
    #expect(report.totals.ratio == Double(report.totals.denseBytes) / 44_102)
    #expect(report.layers.last?.ratio == nil, "nothing is stored of the empty layer")
  }

  @Test func layersWithoutStoredBytesCountBeforeCoding() throws {
    let only = try #require(try Samples.bareInspection().layers.first)
    #expect(only.bytes == 4 * 6)
  }

  @Test func theNoiseLawBelongsToTheOriginalOrElseToTheStoredMatrix() throws {
    let report = try Samples.inspection()
    let converted = try #require(report.layers[0].marchenkoPastur)
    #expect(converted.spikes == 12)
    // σ(√N + √M) in other words: 0.0206 · (28 + √300), 1e-12 being far above rounding.
    #expect(abs(converted.edge - 0.0206 * (28 + 300.0.squareRoot())) < 1e-12)
    #expect(abs(converted.lambdaPlus * 784 - converted.edge * converted.edge) < 1e-12)
    let dense = try #require(report.layers[1].marchenkoPastur)
    #expect(dense.method == .median)
    #expect(dense.spikes == 4)
    // The notebook's cut is 1 + √(in/out) with σ = 1/√out.
    let notebook = try #require(report.layers[2].marchenkoPastur)
    #expect(abs(notebook.edge - (1 + (40.0 / 10).squareRoot())) < 1e-12)
  }

  @Test(arguments: [1e155, 1e308, .infinity, .nan, -1])
  func aRecordedNoiseWithoutALawIsLeftOut(sigma: Double) throws {
    let model = try Samples.bareModel(record: nil)
    let layer = try #require(model.layers.first)
    let plan = Plan(layers: [
      LayerPlan(
        name: layer.name, rule: "mp", representation: nil,
        noise: NoiseEstimate(method: .given, sigma: sigma), reason: "")
    ])
    #expect(LayerReport(layer, plan: plan).marchenkoPastur == nil)
  }

  @Test func aScoreThatIsNoNumberIsNeverTheBest() {
    let result = PredictionReport.Result(input: "a", scores: [.nan, 1, .nan, 2])
    #expect(result.label == 3)
    let lines = PredictionReport(results: [result], top: 4).text.split(separator: "\n")
    let ranked = lines.dropFirst().map { $0.split(separator: " ").dropLast().last }
    #expect(ranked == ["3", "1", "0", "2"])
  }

  @Test func aRankDeficientMatrixHasNoConditionNumber() throws {
    #expect(try Samples.inspection().layers[0].spectrum?.conditionNumber == nil)
  }

  @Test func thePageIsSelfContainedAndEscaped() throws {
    let page = try Samples.inspection().html
    #expect(!page.contains("<script"))
    #expect(!page.contains("<b>"))
    #expect(!page.contains("\u{1B}"))
    let withoutNamespace = page.replacing("http://www.w3.org/2000/svg", with: "")
    #expect(!withoutNamespace.contains("http"))
    #expect(page.ranges(of: "<svg").count == 4, "two per layer that has a spectrum above zero")
    #expect(page.contains("Marchenko–Pastur</text>"))
    #expect(page.firstMatch(of: /[" ,-](nan|inf)[" ,]/) == nil, "a place that is no number")
  }
}
