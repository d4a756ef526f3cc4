import Foundation
import SpectrimCore
import SpectrimReports
import SpectrimSpectra
import SpectrimTestSupport

/// Small models with made-up figures, whose names are as odd as a file can have them.
enum Samples {
  static let hostileName = "head|<b>&\"'\u{1B}[31m層\u{202E}"

  static func floats(_ rows: Int, _ columns: Int) -> WeightMatrix {
    WeightMatrix(Matrix<Float>(repeating: 0.25, Shape(rows, columns)))
  }

  /// A converted layer, a dense one, and one of rank 0.
  static func model() throws -> Model {
    let codes = { (rows: Int, columns: Int) in
      try QuantizedMatrix(
        codes: Matrix<Int8>(repeating: 3, Shape(rows, columns)), bitsPerWeight: 4,
        rowFactors: .scales(Array(repeating: 0.5, count: rows), storedAs: .float16))
    }
    let layers = [
      try Layer(
        name: "fc1",
        weight: .quantizedLowRank(QuantizedLowRank(u: codes(300, 12), v: codes(784, 12))),
        bias: Bias(Array(repeating: 0, count: 300)), activation: .relu),
      try Layer(
        name: hostileName, weight: .dense(floats(40, 300)),
        bias: Bias(Array(repeating: 0, count: 40)), activation: .geluTanh),
      try Layer(
        name: "empty", weight: .factorized(Factorized(u: floats(10, 0), v: floats(40, 0)))),
    ]
    return try Model(
      name: "digits <1>", input: ModelInput(shape: [1, 28, 28], layout: .chw), layers: layers,
      record: record)
  }

  static let record = ConversionRecord(
    tool: "spectrim 0.1.0",
    source: .init(format: "keras", sha256: String(repeating: "ab", count: 32)),
    plan: plan,
    figures: [
      LayerFigures(
        name: "fc1", energyKept: 0.951234, relativeError: 0.2209, spikes: 12),
      LayerFigures(
        name: "empty", energyKept: 0, relativeError: 1, spikes: 0),
    ])

  static let plan = Plan(layers: [
    LayerPlan(
      name: "fc1", rule: "mp", representation: .quantizedLowRank, rank: 12, bits: 4,
      scale: .channel, noise: NoiseEstimate(method: .bulk, sigma: 0.0206),
      reason: "12 of 300 singular values above the edge 0.933 (σ = 0.0206, bulk)"),
    LayerPlan(name: hostileName, rule: "skip", representation: nil, reason: "left as it is"),
    LayerPlan(
      name: "empty", rule: "mp:notebook", representation: .factorized, rank: 0,
      noise: NoiseEstimate(method: .notebook, sigma: 0.31622776601683794),
      reason: "nothing above the edge"),
  ])

  /// Spikes that fall off, and a bulk that ends in a small value.
  static func singularValues(spikes: Int, bulk: Int) -> [Double] {
    (0..<spikes).map { 8 / Double($0 + 1) + 1 } + (0..<bulk).map { 0.9 - 0.8 * Double($0) / 40 }
  }

  static func spectra() throws -> [String: LayerSpectrum] {
    [
      "fc1": LayerSpectrum(
        EmpiricalSpectrum(
          singularValues: singularValues(spikes: 12, bulk: 0)
            + Array(repeating: 0, count: 288), shape: Shape(300, 784)),
        sparsity: 0),
      hostileName: LayerSpectrum(
        EmpiricalSpectrum(
          singularValues: singularValues(spikes: 4, bulk: 36), shape: Shape(40, 300)),
        sparsity: 0.125, noise: NoiseEstimate(method: .median, sigma: 0.04)),
      "empty": LayerSpectrum(
        EmpiricalSpectrum(singularValues: Array(repeating: 0, count: 10), shape: Shape(10, 40)),
        sparsity: 1),
    ]
  }

  static func inspection() throws -> InspectionReport {
    InspectionReport(
      try model(), format: "spectrim-model", fileBytes: 44_102,
      layerBytes: ["fc1": 9_876, hostileName: 32_000, "empty": 0], spectra: try spectra())
  }

  static func conversion() throws -> ConversionReport {
    ConversionReport(
      try model(), plan: plan, fileBytes: 44_102,
      layerBytes: ["fc1": 9_876, hostileName: 32_000, "empty": 0], seconds: 0.4375,
      accuracy: .init(count: 10_000, correctBefore: 9_781, correctAfter: 9_774),
      warnings: ["layer `empty` keeps rank 0: its output is its bias alone"])
  }

  /// A model with convolutions and steps without a weight.
  static func stepsInspection() throws -> InspectionReport {
    InspectionReport(try SampleLayers.convolutions(), format: "spectrim-model", fileBytes: 500)
  }

  /// A trained model without spectra or a plan.
  static func bareInspection() throws -> InspectionReport {
    let training = TrainingRecord(
      settings: ["optimizer": "sgd", "lr": "0.02"],
      history: [.init(loss: 0.4, accuracy: 0.9), .init(loss: 0.2, accuracy: 0.94)])
    let model = try bareModel(
      record: ConversionRecord(
        tool: "spectrim 0.1.0", source: .init(format: "training"), training: training))
    return InspectionReport(model, format: "spectrim-model", fileBytes: 500)
  }

  /// A dry run on a model that nothing is known about.
  static func bareConversion() throws -> ConversionReport {
    ConversionReport(
      try bareModel(record: nil), plan: Plan(layers: []), fileBytes: 500, seconds: 0, dryRun: true)
  }

  static func training() throws -> TrainingReport {
    let training = TrainingRecord(
      settings: ["optimizer": "sgd", "lr": "0.02"],
      history: [
        .init(loss: 0.4, accuracy: 0.9, testAccuracy: 0.91),
        .init(loss: 0.2, accuracy: 0.94, testAccuracy: 0.93),
      ])
    return TrainingReport(
      training, model: try bareModel(record: nil), correct: 930, count: 1000, fileBytes: 500,
      seconds: 1.5)
  }

  static func finetuning(heldOut: Bool = true) throws -> FinetuneReport {
    let epochs = [(loss: 0.4, accuracy: 0.9), (loss: 0.2, accuracy: 0.94)]
    let training = TrainingRecord(
      settings: ["rate": "0.1", "teacher": "source"],
      history: epochs.map {
        .init(
          loss: $0.loss, accuracy: $0.accuracy,
          heldOut: heldOut ? .init(accuracy: $0.accuracy - 0.01, agreement: 0.975) : nil)
      })
    return FinetuneReport(
      training, before: heldOut ? .init(accuracy: 0.8125, agreement: 0.875) : nil,
      heldOutCount: heldOut ? 5000 : 0, model: try bareModel(record: nil), sourceBytes: 12_345,
      fileBytes: 9_876, seconds: 1.5, warnings: ["dense.onnx: says nothing of pixels"])
  }

  static func bareModel(record: ConversionRecord?) throws -> Model {
    try Model(
      name: "bare", input: ModelInput(shape: [3]),
      layers: [Layer(name: "only", weight: .dense(floats(2, 3)))], labels: ["no", "yes"],
      record: record)
  }

  /// A file of the folder `Golden`.
  static func golden(_ name: String) -> URL {
    Places.repository.appending(path: "Tests/SpectrimReportsTests/Golden/\(name)")
  }
}
