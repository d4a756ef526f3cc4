import SpectrimCore
import SpectrimInterchange
import SpectrimTestSupport
import Testing

@Suite struct KerasReadingTests {
  /// What Keras rounds at each of its steps adds up to less.
  private static let tolerance: Float = 1e-5

  @Test(arguments: [
    "mlp.keras", "mlp.h5", "cnn.keras", "cnn.h5", "padded.keras", "functional.keras",
    "eleven.keras", "int8.keras", "int8.h5", "lora.keras", "lora.h5", "long_names.h5",
    "bfloat16.keras", "keras2_cnn.h5", "keras2_mlp.h5", "keras2_fixed.h5",
  ])
  func scoresAreThoseOfKeras(file: String) throws {
    let imported = try KerasFile.read(at: KerasFixture.path(file))
    let model = try #require(imported.model, "\(imported.content)")
    let name = String(file.prefix { $0 != "." })
    #expect(try KerasFixture(name).distance(of: model) <= Self.tolerance)
    #expect(imported.format == (file.hasSuffix("keras") ? .keras : .kerasLegacy))
  }

  @Test func namesAndInputsAreThoseOfTheConfiguration() throws {
    let mlp = try #require(try KerasFile.read(at: KerasFixture.path("mlp.h5")).model)
    #expect(mlp.name == "tiny_mlp")
    #expect(mlp.steps.map(\.name) == ["fc1", "fc2", "norm", "fc3"])
    #expect(mlp.layers.map(\.activation) == [.relu, .leakyReLU(slope: 0.2), .softmax])
    #expect(mlp.input.shape == [12] && mlp.input.layout == .flat)
    let cnn = try #require(try KerasFile.read(at: KerasFixture.path("cnn.keras")).model)
    #expect(cnn.input.shape == [8, 8, 2] && cnn.input.layout == .hwc)
    #expect(cnn.input.normalization.scale == 1 / 255.0)
    #expect(cnn.input.normalization.mean == 0.5)
    let functional = try #require(
      try KerasFile.read(at: KerasFixture.path("functional.keras")).model)
    #expect(functional.input.shape == [4, 4, 1] && functional.input.layout == .hwc)
  }

  @Test func whatDoesNothingIsLeftOutWithANote() throws {
    let notes = try KerasFile.read(at: KerasFixture.path("mlp.keras")).notes
    #expect(notes == ["layer `dropout` (Dropout) does nothing after training; left out"])
  }

  @Test(arguments: ["int8.keras", "int8.h5"])
  func codesStayCodesWithTheReciprocalScale(file: String) throws {
    let imported = try KerasFile.read(at: KerasFixture.path(file))
    let model = try #require(imported.model)
    #expect(model.layers.map(\.weight.kind) == [.quantized, .quantized])
    #expect(model.layers[0].bias?.count == 5 && model.layers[1].bias == nil)
    let largest = model.layers[0].weight.materialized().elements.map(abs).max() ?? 0
    #expect(largest > 0.1 && largest < 10)
    #expect(imported.notes.contains { $0.contains("inputs of layer `q1` to int8") })
  }

  @Test func anAdapterIsKeptInTheLegacyFormAndMergedInTheOther() throws {
    let legacy = try #require(try KerasFile.read(at: KerasFixture.path("lora.h5")).model)
    guard case .lora(let lora) = legacy.layers[0].weight else {
      Issue.record("no adapter")
      return
    }
    #expect(lora.adapters[0].alpha == 6 && lora.adapters[0].scaling == 3)
    #expect(lora.adapters[0].rank == 2)
    let merged = try #require(try KerasFile.read(at: KerasFixture.path("lora.keras")).model)
    #expect(merged.layers[0].weight.kind == .dense)
  }

  @Test func whatBranchesIsACheckpointThatNamesTheBranch() throws {
    let imported = try KerasFile.read(at: KerasFixture.path("branched.keras"))
    let checkpoint = try #require(imported.checkpoint)
    #expect(
      checkpoint.reason == "layer `in` feeds both `left` and `add`"
        || checkpoint.reason == "layer `add` takes 2 inputs")
    #expect(checkpoint.source.name == "residual")
    #expect(
      checkpoint.source.entries.map(\.name)
        == ["left/kernel", "left/bias", "out/kernel", "out/bias"])
  }

  @Test func weightsAloneAreACheckpointWithTheNamesOfLayers() throws {
    let folder = try TemporaryDirectory()
    let path = try KerasFixture.weights(of: "cnn.keras", in: folder)
    let imported = try KerasFile.read(at: path)
    let checkpoint = try #require(imported.checkpoint)
    #expect(imported.format == .kerasWeights)
    #expect(
      checkpoint.reason
        == "the file has weights but no activations; pass --arch, for example mlp:relu")
    let entries = checkpoint.source.entries
    #expect(
      entries.prefix(3).map(\.name) == [
        "conv2d/kernel", "batch_normalization/gamma", "batch_normalization/beta",
      ])
    let kernel = try #require(entries.firstIndex { $0.name == "conv2d/kernel" })
    #expect(entries[kernel].shape == [3, 3, 2, 4] && entries[kernel].matrixShape == Shape(18, 4))
    guard case .weight(.dense(let matrix)) = try checkpoint.source.content(of: kernel) else {
      Issue.record("no weight")
      return
    }
    #expect(matrix.shape == Shape(18, 4))
  }

  @Test func layersAreCountedAndNotSortedAsText() throws {
    let folder = try TemporaryDirectory()
    let path = try KerasFixture.weights(of: "eleven.keras", in: folder)
    let entries = try #require(try KerasFile.read(at: path).checkpoint).source.entries
    let kernels = entries.filter { $0.name.hasSuffix("/kernel") }
    let numbers = kernels.compactMap { Int($0.name.dropFirst(6).prefix { $0 != "/" }) }
    #expect(numbers.count == 12 && numbers == (numbers[0]...numbers[0] + 11).map(\.self))
    #expect(kernels.last?.shape == [4, 2])
  }

  @Test(arguments: ["keras2_mlp.weights_only.h5", "keras2_mlp.weights.h5"])
  func weightsOfKerasTwoAreACheckpoint(file: String) throws {
    let checkpoint = try #require(try KerasFile.read(at: KerasFixture.path(file)).checkpoint)
    let names = file.contains("only") ? ["b", "a"] : ["dense", "dense_1"]
    #expect(
      checkpoint.source.entries.map(\.name) == names.flatMap { ["\($0)/kernel", "\($0)/bias"] })
    #expect(checkpoint.source.entries.map(\.shape) == [[6, 5], [5], [5, 3], [3]])
  }

  @Test func brainFloatsKeepTheirType() throws {
    let model = try #require(try KerasFile.read(at: KerasFixture.path("bfloat16.keras")).model)
    guard case .dense(let matrix) = model.layers[0].weight else {
      Issue.record("not dense")
      return
    }
    #expect(matrix.elementType == .bfloat16)
  }

  @Test(
    arguments: [
      ("keras2_mlp.weights_only.h5", "mlp:tanh", nil),
      ("keras2_mlp.weights.h5", "mlp:tanh", nil),
      (
        "mlp.keras",
        "cnn:linear relu, linear leaky_relu:0.2, layer_norm eps=1e-3, linear softmax", nil
      ),
      // Keras' ε, not PyTorch's, where none is said.
      ("mlp.keras", "cnn:linear relu, linear leaky_relu:0.2, layer_norm, linear softmax", nil),
      ("int8.keras", "mlp:relu", nil),
      ("functional.keras", "cnn:conv swish, flatten, linear tanh, linear", [1, 4, 4]),
    ] as [(String, String, [Int]?)])
  func weightsAloneRunWithTheStepsThatAreGiven(
    file: String, architecture: String, inputShape: [Int]?
  ) throws {
    let folder = try TemporaryDirectory()
    let isArchive = file.hasSuffix(".keras")
    let path =
      try isArchive
      ? KerasFixture.weights(of: file, in: folder) : KerasFixture.path(file)
    var options = ImportOptions()
    options.architecture = try Architecture(parsing: architecture)
    options.inputShape = inputShape
    let model = try #require(try KerasFile.read(at: path, options: options).model)
    let fixture = try KerasFixture(String(file.prefix { $0 != "." }))
    #expect(fixture.distance(of: model) <= Self.tolerance)
  }
}
