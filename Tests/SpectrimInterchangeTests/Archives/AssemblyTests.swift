import SpectrimCore
import SpectrimInterchange
import SpectrimTestSupport
import Testing

@Suite struct AssemblyTests {
  private func failure(
    _ file: String, _ architecture: String, layout: WeightLayout? = nil, input: [Int]? = nil
  ) throws -> String? {
    let options = try ArchiveFixture.options(architecture, layout: layout, input: input)
    return message { _ = try ArchiveFixture.read(ArchiveFixture.path(file), options) }
  }

  @Test(arguments: [
    (
      "mlp.pt", "mlp:relu,none",
      "--arch does not fit the file; step 1 linear: `fc1`; step 2 linear: `fc2`; left over: `fc3`"
    ),
    (
      "mlp.pt", "cnn:linear, linear, linear, batch_norm",
      "--arch does not fit the file; step 1 linear: `fc1`; step 2 linear: `fc2`; "
        + "step 3 linear: `fc3`; step 4 batch_norm: nothing"
    ),
    (
      "mlp.pt", "cnn:conv relu, flatten, linear, linear",
      "--arch does not fit the file; step 1 conv: `fc1` [8, 12]; step 3 linear: `fc2` [8, 8]; "
        + "step 4 linear: `fc3` [4, 8]"
    ),
    (
      "cnn.pt", "cnn:conv, conv, linear, linear",
      "--arch does not fit the file; step 1 conv: `0`; step 2 conv: `3`; step 3 linear: `4`; "
        + "step 4 linear: `8`; left over: `9`, `11`"
    ),
    (
      "norm.pt", "mlp:relu",
      "--arch does not fit the file: it has normalizations; list all steps, for example "
        + "cnn:linear, batch_norm, relu, linear; step 1 linear: `0` [5, 6]; "
        + "step 2 linear: layer_norm `1` [5]; step 3 linear: `3` [3, 5]"
    ),
    (
      "square.npz", "mlp:relu",
      "`layer1` [6, 6] may have its outputs first or last; pass --layout out-in (PyTorch) or "
        + "--layout in-out (Keras)"
    ),
    (
      "cnn.pt", ArchiveFixture.convolutional,
      "the input takes 2 channels, but the file does not say how many rows and columns; "
        + "pass --input-shape, for example --input-shape 2x28x28"
    ),
  ])
  func whatDoesNotFitIsListed(file: String, architecture: String, expected: String) throws {
    #expect(try failure(file, architecture) == expected)
  }

  @Test func anInputThatDoesNotFitIsNamed() throws {
    let text = try #require(
      try failure("cnn.pt", ArchiveFixture.convolutional, input: [2, 12, 12]))
    #expect(text.hasPrefix("--arch does not fit the file: layer `8` takes 36 inputs, but gets 48"))
    #expect(
      try failure("mlp.pt", "mlp:relu", input: [3, 4])
        == "--input-shape has 2 sides; expected 784 or 1x28x28")
    #expect(
      try failure("mlp.pt", "mlp:relu", input: [0])
        == "--input-shape: an input of shape [0] with layout `flat`")
  }

  @Test(arguments: [(WeightConvention.pytorch, true), (.keras, false)])
  func aMeanCountsItsPaddingAsTheProgramDoes(
    convention: WeightConvention, countsPadding: Bool
  ) throws {
    let weight = Tensor([Float](repeating: 1, count: 32), storedAs: .float32, shape: [2, 16])
    let assembly = WeightAssembly(
      file: "f", name: "m",
      groups: [WeightGroup(name: "fc", .kernel(weight, .outputsFirst, bias: nil))],
      convention: convention)
    var options = ImportOptions()
    options.inputShape = [1, 4, 4]
    let steps = "cnn:avg_pool 3 stride=1 pad=1, flatten, linear"
    let model = try assembly.model(Architecture(parsing: steps), options).model
    guard case .transform(let transform) = model.steps[0],
      case .pool(let pooling) = transform.operation
    else {
      Issue.record("expected a pooling")
      return
    }
    #expect(pooling.countsPadding == countsPadding)
  }

  @Test(arguments: WeightLayout.allCases)
  func aLayoutDecidesSquareMatrices(layout: WeightLayout) throws {
    let options = try ArchiveFixture.options("mlp:none", layout: layout)
    let source = try #require(
      try ArchiveFixture.read(ArchiveFixture.path("square.npz")).checkpoint?.source)
    let model = try #require(
      try ArchiveFixture.read(ArchiveFixture.path("square.npz"), options).model)
    for (index, layer) in model.layers.enumerated() {
      guard case .weight(let stored) = try source.content(of: index) else { continue }
      let matrix = stored.materialized()
      #expect(
        layer.weight.materialized() == (layout == .outputsFirst ? matrix : matrix.transposed))
    }
  }

  /// Pairs of kernel and bias counts, and what can be told from them.
  @Test(
    arguments: [
      ([[3, 5]], [3], [KernelAxes.outputsFirst]),
      ([[3, 5]], [5], [.inputsFirst]),
      ([[3, 5]], [nil], nil),
      ([[3, 5], [5, 4]], [nil, nil], [.inputsFirst, .inputsFirst]),
      ([[5, 3], [4, 5]], [nil, nil], [.outputsFirst, .outputsFirst]),
      ([[5, 5], [4, 5]], [nil, 4], nil),
      ([[4, 4], [4, 4]], [4, 4], nil),
      ([[3, 5], [5, 4], [6, 4]], [nil, nil, 6], [.inputsFirst, .inputsFirst, .outputsFirst]),
    ] as [([[Int]], [Int?], [KernelAxes]?)])
  func sidesAreDecidedWhereOnePossibilityIsLeft(
    kernels: [[Int]], biases: [Int?], axes: [KernelAxes]?
  ) throws {
    var generator = SeededGenerator(seed: 5)
    func tensor(_ shape: [Int]) -> Tensor {
      let values = (0..<shape.reduce(1, *)).map { _ in Float(generator.normal()) }
      return Tensor(values, storedAs: .float32, shape: shape)
    }
    let groups = zip(kernels, biases).enumerated().map { index, pair in
      WeightGroup(
        name: "l\(index)", .kernel(tensor(pair.0), .unknown, bias: pair.1.map { tensor([$0]) }))
    }
    let assembly = WeightAssembly(file: "f", name: "m", groups: groups)
    let options = try ArchiveFixture.options("mlp:none")
    guard let axes else {
      let text = message { _ = try assembly.model(.perceptron([.none]), options) }
      #expect(text?.contains("pass --layout") == true)
      return
    }
    let model = try assembly.model(.perceptron([.none]), options).model
    for (layer, (sides, axes)) in zip(model.layers, zip(kernels, axes)) {
      #expect(
        layer.weight.shape
          == Shape(sides[axes == .outputsFirst ? 0 : 1], sides[axes == .outputsFirst ? 1 : 0]))
    }
  }

  @Test(
    arguments: [
      ("fc1.weight", "fc1", TensorRole.Part.kernel(.outputsFirst)),
      ("net.0.bias", "net.0", .bias), ("dense/kernel:0", "dense", .kernel(.inputsFirst)),
      ("fc1_weight", "fc1", .kernel(.unknown)), ("W1", "1", .kernel(.unknown)), ("b_1", "1", .bias),
      ("layer2.W", "layer2", .kernel(.unknown)), ("bn.running_var", "bn", .variance),
      ("arr_0", "arr_0", nil), ("conv1", "conv1", nil), ("weight", "", .kernel(.unknown)),
    ] as [(String, String, TensorRole.Part?)])
  func namesTellTheirPart(name: String, layer: String, part: TensorRole.Part?) {
    let role = TensorRole(name)
    #expect(role.layer == layer)
    #expect(role.part == part)
  }

  @Test func numbersInNamesAreComparedByValue() {
    let names = ["arr_10", "arr_2", "fc.weight", "arr_002x", "arr_1", "fc", "dense_1", "dense"]
    #expect(
      names.sorted { $0.precedesNaturally($1) }
        == ["arr_1", "arr_2", "arr_002x", "arr_10", "dense", "dense_1", "fc", "fc.weight"])
  }
}

@Suite struct ArchitectureTests {
  @Test func theExampleOfTheDocumentIsRead() throws {
    let conv = ArchitectureStep.convolution(
      stride: Extent(1), padding: Padding(0), dilation: Extent(1), groups: 1, activation: .relu)
    let padded = ArchitectureStep.convolution(
      stride: Extent(height: 2, width: 1), padding: Padding(2), dilation: Extent(3), groups: 4,
      activation: .none)
    let pool = ArchitectureStep.pool(
      try Pooling(.maximum, window: Window(kernel: Extent(2), stride: Extent(2))))
    let parsed = try Architecture(
      parsing: "cnn:conv relu, max_pool 2,conv dilation=3 groups=4 pad=2 stride=2x1, flatten, "
        + "batch_norm eps=1e-3, leaky_relu:0.2, linear softmax")
    #expect(
      parsed
        == .steps([
          conv, pool, padded, .flatten, .batchNormalization(epsilon: 1e-3),
          .activation(.leakyReLU(slope: 0.2)), .linear(.softmax),
        ]))
    #expect(try Architecture(parsing: "mlp:tanh,none") == .perceptron([.tanh, .none]))
  }

  @Test(arguments: [
    (
      "relu",
      "`relu`: expected mlp:… or cnn:…, for example mlp:relu or cnn:conv relu, max_pool 2, flatten, linear"
    ),
    ("cnn:linear,", "an empty step; expected a word such as linear between the commas"),
    ("cnn:linear relu tanh", "`tanh` does not belong in `linear relu tanh`"),
    ("cnn:conv pad=x", "`conv pad=x`: expected a number, as in pad=1, 1x2 or 0x1x0x1"),
    ("cnn:conv stride=0", "`conv stride=0`: expected a number, as in stride=2 or 2x1"),
    ("cnn:max_pool", "`max_pool`: expected the side of the window, as in max_pool 2"),
    ("cnn:conv groups=0", "`conv groups=0`: expected a number, as in groups=2"),
    ("mlp:relu:2", "`relu:2`: expected a slope, as in leaky_relu:0.2"),
    (
      "cnn:max_pool 2 pad=2", "`max_pool 2 pad=2`: a pooling whose padding is as wide as its window"
    ),
    (
      "mlp:rely",
      "`rely` is unknown; expected one of none, relu, leaky_relu, gelu, gelu_tanh, swish, sigmoid, "
        + "tanh, softmax"
    ),
    (
      "cnn:linear batch_norm",
      "`batch_norm` is a step of its own; expected a comma in front of it, and cnn: with all steps"
    ),
  ])
  func anUnknownWordIsNamed(text: String, expected: String) {
    #expect(throws: ArchitectureError.self) { _ = try Architecture(parsing: text) }
    do { _ = try Architecture(parsing: text) } catch { #expect(error.description == expected) }
  }
}
