import SpectrimCore
import SpectrimInterchange
import SpectrimTestSupport
import Testing

/// Scores of 5 examples agree with those of torch and of numpy in float64 to 1e-5.
@Suite struct ForeignScoreTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let file: String
    let expected: String
    let architecture: String
    var input: [Int]?
    var testDescription: String { "\(file) as \(architecture)" }
  }

  static let cases: [Case] =
    ["mlp.pt", "mlp.safetensors", "nested.pt", "parameters.pt", "big_endian.pt", "shards"].map {
      Case(file: $0, expected: "mlp", architecture: "mlp:relu")
    } + [
      Case(file: "mlp.pt", expected: "mlp", architecture: "mlp:relu,relu,none"),
      Case(file: "mlp.pt", expected: "mlp", architecture: "cnn:linear, relu, linear relu, linear"),
      Case(
        file: "shards/model.safetensors.index.json", expected: "mlp", architecture: "mlp:relu"),
      Case(file: "mlp_f16.pt", expected: "mlp_f16", architecture: "mlp:relu"),
      Case(file: "mlp_bf16.pt", expected: "mlp_bf16", architecture: "mlp:relu"),
      Case(file: "mlp_f16.safetensors", expected: "mlp_f16", architecture: "mlp:relu"),
      Case(file: "mlp_bf16.safetensors", expected: "mlp_bf16", architecture: "mlp:relu"),
      Case(file: "views.pt", expected: "views", architecture: "mlp:relu"),
      Case(file: "named.npz", expected: "numpy", architecture: "mlp:relu"),
      Case(file: "unnamed.npz", expected: "numpy", architecture: "mlp:relu"),
      Case(file: "fortran.npz", expected: "numpy", architecture: "mlp:relu"),
      Case(
        file: "cnn.pt", expected: "cnn", architecture: ArchiveFixture.convolutional,
        input: [2, 8, 8]),
      Case(
        file: "cnn.safetensors", expected: "cnn", architecture: ArchiveFixture.convolutional,
        input: [2, 8, 8]),
      Case(
        file: "channel_last.npz", expected: "channel_last",
        architecture: "cnn:conv relu, flatten, linear", input: [2, 6, 6]),
      Case(
        file: "classifier.safetensors", expected: "classifier",
        architecture: "cnn:conv relu, flatten, linear", input: [2, 6, 6]),
      Case(
        file: "norm.pt", expected: "norm",
        architecture: "cnn:linear, layer_norm eps=1e-3, gelu, linear softmax"),
    ]

  @Test(arguments: cases)
  func scoresAreThoseOfTheFramework(example: Case) throws {
    let options = try ArchiveFixture.options(example.architecture, input: example.input)
    let imported = try ArchiveFixture.read(ArchiveFixture.path(example.file), options)
    let model = try #require(imported.model)
    #expect(difference(model, try ArchiveFixture.expected(example.expected)) < 1e-5)
  }

  @Test func stepsAreNamedAfterTheTensors() throws {
    let options = try ArchiveFixture.options(ArchiveFixture.convolutional, input: [2, 8, 8])
    let imported = try ArchiveFixture.read(ArchiveFixture.path("cnn.safetensors"), options)
    let model = try #require(imported.model)
    #expect(
      model.steps.map(\.name)
        == ["0", "max_pool1", "3", "avg_pool1", "flatten1", "8", "11"])
    #expect(model.name == "cnn")
    #expect(model.input.layout == .chw)
    #expect(
      imported.notes == [
        "`4.num_batches_tracked` is left out", "`9.num_batches_tracked` is left out",
        "batch normalization `4` is folded into layer `3`",
        "batch normalization `9` is folded into layer `8`",
        "the file has no order of layers; by their names they are applied as 0, 3, 8, 11",
      ])
  }

  @Test func theStoredTypeIsKept() throws {
    let options = try ArchiveFixture.options("mlp:relu")
    for (file, type) in [("mlp_f16.pt", ElementType.float16), ("mlp_bf16.pt", .bfloat16)] {
      let model = try #require(
        try ArchiveFixture.read(ArchiveFixture.path(file), options).model)
      for layer in model.layers {
        guard case .dense(let matrix) = layer.weight else {
          Issue.record("not dense")
          continue
        }
        #expect(matrix.elementType == type)
      }
    }
  }

  @Test(arguments: ["mlp.pt", "mlp.safetensors", "named.npz", "shards", "single.npy"])
  func withoutAnArchitectureTheTensorsAreACheckpoint(file: String) throws {
    let imported = try ArchiveFixture.read(ArchiveFixture.path(file))
    let (source, reason) = try #require(imported.checkpoint)
    #expect(reason.hasSuffix("pass --arch, for example mlp:relu"))
    for (index, entry) in source.entries.enumerated() {
      switch try source.content(of: index) {
      case .weight(let weight): #expect(weight.shape == entry.matrixShape)
      case .plain(let tensor): #expect(tensor.shape == entry.shape && entry.matrixShape == nil)
      }
    }
    #expect(source.entries.count == (file == "single.npy" ? 1 : 6))
  }

  @Test func wrappersAreNamed() throws {
    let imported = try ArchiveFixture.read(ArchiveFixture.path("nested.pt"))
    #expect(
      imported.notes == [
        "the tensors stand under `model_state_dict`; the rest of the file is left out",
        "the prefix `module.` of a wrapper is dropped from the names",
        "the prefix `_orig_mod.` of a wrapper is dropped from the names",
      ])
  }
}
