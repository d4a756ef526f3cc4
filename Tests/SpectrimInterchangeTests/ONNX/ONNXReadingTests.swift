import Foundation
import SpectrimCore
import SpectrimInterchange
import SpectrimTestSupport
import Testing

/// Networks of other programs with the scores that ONNX Runtime gives.
enum ONNXFixture {
  /// The inputs and scores beside a fixture.
  struct Expectation: Decodable {
    let count: Int
    let inputs: [Float]
    let scores: [Float]
  }

  static let folder = Places.repository.appending(
    path: "Tests/SpectrimInterchangeTests/Fixtures/ONNX")

  static func read(_ name: String, inputShape: [Int]? = nil) throws -> ImportedModel {
    var options = ImportOptions()
    options.inputShape = inputShape
    return try ONNXFile.read(at: folder.appending(path: "\(name).onnx").path, options: options)
  }

  static func model(_ name: String) throws -> Model { try model(read(name)) }

  static func model(_ imported: ImportedModel) throws -> Model {
    switch imported.content {
    case .model(let model): return model
    case .checkpoint(_, let reason):
      throw InterchangeError(.unsupported, file: "", "not a model: \(reason)")
    }
  }

  static func expectation(_ name: String) throws -> Expectation {
    try JSONDecoder().decode(
      Expectation.self, from: Data(contentsOf: folder.appending(path: "\(name).json")))
  }

  /// The largest difference between the scores of a model and those of the fixture, beside 1.
  static func largestDifference(_ model: Model, _ name: String) throws -> Float {
    let expected = try expectation(name)
    let sides = Shape(expected.count, expected.inputs.count / expected.count)
    let scores = model.scores(for: Matrix(sides, expected.inputs))
    return zip(scores.elements, expected.scores)
      .reduce(scores.elements.count == expected.scores.count ? 0 : .infinity) {
        max($0, abs($1.0 - $1.1) / max(1, abs($1.1)))
      }
  }
}

@Suite struct ONNXReadingTests {
  @Test(arguments: [
    "mlp_relu", "mlp_gelu", "mlp_gelu_tanh", "mlp_gelu_20", "mlp_silu_softmax", "mlp_leaky",
    "mlp_tanh_norm", "mlp_lowrank", "mlp_view", "mlp_half", "cnn", "cnn_unfolded", "cnn_depthwise",
    "cnn_lowrank", "cnn_mean", "dynamo_mlp", "dynamo_cnn", "matmul_add", "gemm_forms", "nhwc",
    "scaled_input", "qdq", "external",
  ])
  func scoresAreThoseOfONNXRuntime(name: String) throws {
    let difference = try ONNXFixture.largestDifference(try ONNXFixture.model(name), name)
    #expect(difference < 1e-5)
  }

  @Test(arguments: ["mlp_relu_static", "cnn_static"])
  func integersBetweenLayersAreLeftOutWithANote(name: String) throws {
    let imported = try ONNXFixture.read(name)
    let model = try ONNXFixture.model(imported)
    #expect(try ONNXFixture.largestDifference(model, name) < 0.1)
    #expect(model.layers.allSatisfy { $0.weight.kind == .quantized })
    #expect(imported.notes.contains { $0.contains("rounding of values between layers") })
  }
}

@Suite struct ONNXContentTests {
  private typealias Bytes = ONNXBytes

  private func read(_ bytes: [UInt8], inputShape: [Int]? = nil) throws -> ImportedModel {
    let folder = try TemporaryDirectory()
    var options = ImportOptions()
    options.inputShape = inputShape
    return try ONNXFile.read(at: Bytes.file(bytes, in: folder), options: options)
  }

  @Test(arguments: [
    ("mlp_relu", ["fc1", "fc2", "fc3"]), ("matmul_add", ["dense", "out"]),
    ("mlp_lowrank", ["0", "2"]), ("dynamo_mlp", ["fc1", "fc2", "fc3"]),
    ("qdq", ["fc1", "fc2", "fc3"]), ("mlp_relu_static", ["fc1", "fc2", "fc3"]),
  ])
  func layersHaveTheNamesOfTheirModules(name: String, layers: [String]) throws {
    #expect(try ONNXFixture.model(name).layers.map(\.name) == layers)
  }

  @Test(arguments: [
    ("mlp_lowrank", [Representation.Kind.factorized, .dense]),
    ("cnn_lowrank", [.factorized, .dense]), ("qdq", [.quantized, .quantized, .quantized]),
    ("cnn", [.dense, .dense, .dense]),
  ])
  func weightsStayInTheFormOfTheFile(name: String, kinds: [Representation.Kind]) throws {
    #expect(try ONNXFixture.model(name).layers.map(\.weight.kind) == kinds)
  }

  @Test(arguments: [
    (3, [1, -127, 3, 4], 0, Representation.Kind.quantized),
    (2, [129, 1, 131, 132], 128, .quantized),
    // Codes beyond ±127 have no place in a quantized matrix.
    (3, [1, -128, 3, 4], 0, .dense), (2, [1, 255, 3, 4], 0, .dense),
    (3, [1, -127, 3, 4], 5, .dense), (3, [1, 2, 3, 127], -1, .dense),
  ])
  func codesKeepTheirValues(
    type: Int, codes: [Int], zero: Int, kind: Representation.Kind
  ) throws {
    let bytes = Bytes.model(
      [
        Bytes.node("DequantizeLinear", ["w", "s", "z"], "v"),
        Bytes.node("MatMul", ["x", "v"], "y"),
      ],
      [
        Bytes.codes("w", [2, 2], codes, type: type), Bytes.tensor("s", [], [0.5]),
        Bytes.codes("z", [], [zero], type: type),
      ])
    let weight = try ONNXFixture.model(try read(bytes)).layers[0].weight
    #expect(weight.kind == kind)
    let values = codes.map { Float($0 - zero) / 2 }
    #expect(weight.materialized().elements == [values[0], values[2], values[1], values[3]])
  }

  @Test func batchNormalizationAndFunctionsJoinTheirLayers() throws {
    let kinds = try ONNXFixture.model("cnn_unfolded").steps.map(\.kind)
    #expect(kinds == [.conv2d, .conv2d, .flatten, .linear])
    let model = try ONNXFixture.model("dynamo_cnn")
    #expect(model.layers.map(\.activation) == [.swish, .none])
  }

  @Test func theInputIsThatOfTheFile() throws {
    let input = try ONNXFixture.model("nhwc").input
    #expect(input.layout == .hwc && input.shape == [8, 7, 3])
    #expect(try ONNXFixture.model("cnn").input.shape == [1, 8, 8])
  }

  @Test func aBranchLeavesACheckpoint() throws {
    let imported = try ONNXFixture.read("branching")
    guard case .checkpoint(let source, let reason) = imported.content else {
      Issue.record("expected a checkpoint")
      return
    }
    #expect(reason == "its values branch at `x`")
    #expect(source.entries.map(\.name) == ["fc1.weight"])
    #expect(try source.content(of: 0) != .plain(Tensor([Int8](), shape: [0])))
  }

  @Test(arguments: [
    ("LSTM", "operator `LSTM` (`y`) has no step here"),
    ("LogSoftmax", "operator `LogSoftmax` (`y`) has no step here"),
    ("Softmax", nil),
  ])
  func anOperatorWithoutAStepIsNamed(operation: String, reason: String?) throws {
    let bytes = Bytes.model(
      [Bytes.node("MatMul", ["x", "w"], "h"), Bytes.node(operation, ["h"], "y")],
      [Bytes.tensor("w", [2, 2], [1, 2, 3, 4])])
    switch try read(bytes).content {
    case .model: #expect(reason == nil)
    case .checkpoint(_, let found): #expect(found == reason)
    }
  }

  @Test func operatorsOfAnUnknownVersionAreNotRun() throws {
    let bytes = Bytes.model(
      [Bytes.node("MatMul", ["x", "w"], "y")], [Bytes.tensor("w", [2, 2], [1, 2, 3, 4])],
      operatorSet: 99)
    guard case .checkpoint(_, let reason) = try read(bytes).content else {
      Issue.record("expected a checkpoint")
      return
    }
    #expect(reason == "its operators are of version 99, outside 7 to 25")
  }

  @Test func sidesThatTheFileLeavesOpenComeFromTheOptions() throws {
    let bytes = Bytes.model(
      [
        Bytes.node("GlobalAveragePool", ["x"], "g"), Bytes.node("Flatten", ["g"], "f"),
        Bytes.node("MatMul", ["f", "w"], "y"),
      ],
      [Bytes.tensor("w", [2, 2], [1, 2, 3, 4])], input: [nil, 2, nil, nil])
    let error = #expect(throws: InterchangeError.self) { try read(bytes) }
    #expect(error?.code == .ambiguous)
    #expect(error?.message.contains("--input-shape") == true)
    let model = try ONNXFixture.model(try read(bytes, inputShape: [2, 5, 4]))
    #expect(model.input.shape == [2, 5, 4])
  }

  @Test func droppedOperatorsAreNoted() throws {
    let bytes = Bytes.model(
      [Bytes.node("Dropout", ["x"], "d"), Bytes.node("MatMul", ["d", "w"], "y")],
      [Bytes.tensor("w", [2, 2], [1, 2, 3, 4])])
    #expect(try read(bytes).notes == ["dropout `Dropout` (`d`) is left out"])
  }
}
