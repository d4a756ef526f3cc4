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
    path: "Tests/SpectrimInterchangeTests/Fixtures/onnx")

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
