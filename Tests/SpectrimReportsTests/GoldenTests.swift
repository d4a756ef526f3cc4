import SpectrimReports
import SpectrimTestSupport
import Testing

@Suite struct GoldenTests {
  @Test func inspectionReadsAsRecorded() throws {
    let report = try Samples.inspection()
    try compare(report.text, "inspect.txt")
    try compare(report.markdown, "inspect.md")
    try compare(report.json(), "inspect.json")
    try compare(report.html, "inspect.html")
  }

  @Test func convolutionsReadAsRecorded() throws {
    try compare(try Samples.stepsInspection().text, "inspect-steps.txt")
  }

  @Test func conversionReadsAsRecorded() throws {
    let report = try Samples.conversion()
    try compare(report.text, "convert.txt")
    try compare(report.json(), "convert.json")
  }

  @Test func trainingReadsAsRecorded() throws {
    try compare(Samples.training().text, "train.txt")
    try compare(Samples.training().json(), "train.json")
  }

  @Test func finetuningReadsAsRecorded() throws {
    try compare(
      Samples.finetuning().text + "\n" + Samples.finetuning(heldOut: false).text, "finetune.txt")
    try compare(Samples.finetuning().json(), "finetune.json")
  }

  @Test func smallReportsReadAsRecorded() throws {
    try compare(Documents.evaluation.text + Documents.comparison.text, "evaluate.txt")
    try compare(Documents.comparison.json(), "evaluate.json")
    try compare(
      Documents.prediction(top: nil).text + "\n" + Documents.prediction(top: 2).text, "predict.txt")
    try compare(Documents.prediction(top: nil).json(), "predict.json")
    try compare(Documents.verification.text, "verify.txt")
    try compare(Documents.verification.json(), "verify.json")
    try compare(Documents.error.json(), "error.json")
  }

  private func compare(
    _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let difference = try Golden.difference(of: text, from: Samples.golden(name))
    #expect(difference == nil, sourceLocation: sourceLocation)
  }
}

/// One report of every kind but the large ones.
enum Documents {
  static let evaluation = EvaluationReport(count: 10_000, correct: 9_774, imagesPerSecond: 123_456)
  static let comparison = EvaluationReport(
    count: 10_000, correct: 9_774, imagesPerSecond: 123_456.5,
    against: .init(agreeing: 9_912, maxScoreDifference: 0.0625, otherCorrect: 9_781))

  static func prediction(top: Int?) -> PredictionReport {
    PredictionReport(
      results: [
        .init(input: "seven.png", scores: [0.1, -2.5, 7.25], names: ["ok", "a|b", "sieben"]),
        .init(input: "digits/:12", scores: [3, 3, 1], expected: 1),
      ], top: top)
  }

  static let verification = VerificationReport(files: [
    .init(path: "good.h5", checks: [.init(name: "structure", ok: true, text: "3 layers")]),
    .init(
      path: "bad\n.h5",
      checks: [
        .init(name: "structure", ok: true, text: "3 layers"),
        .init(name: "finite values", ok: false, text: "`/layers/fc1/weight/V`: NaN at [0, 3]"),
      ]),
  ])

  static let error = ErrorReport(
    code: 65, message: "`/layers/fc1/weight/V`: shape 784×300 does not match rank 64",
    path: "/layers/fc1/weight/V", found: "784×300")
}
