import Foundation
import SpectrimCore
import SpectrimInterchange
import SpectrimTestSupport
import Testing

@Suite struct ArchiveWriterTests {
  enum Kind: String, CaseIterable {
    case safetensors
    case npz

    @discardableResult
    func write(_ model: Model, to path: String) throws -> [String] {
      switch self {
      case .safetensors: try SafetensorsFile.write(model, to: path)
      case .npz: try NPZFile.write(model, to: path)
      }
    }

    @discardableResult
    func write(_ source: any CheckpointSource, to path: String) throws -> [String] {
      switch self {
      case .safetensors: try SafetensorsFile.write(source, to: path)
      case .npz: try NPZFile.write(source, to: path)
      }
    }
  }

  /// Every kind of step, names with every character, a layout of its own.
  static func convolutional(_ kind: Representation.Kind = .factorized) throws -> Model {
    var generator = SeededGenerator(seed: 11)
    let window = try Window(
      kernel: Extent(height: 3, width: 2), padding: Padding(top: 1, left: 0, bottom: 2, right: 1),
      dilation: Extent(1))
    let pooling = try Pooling(
      .average, window: Window(kernel: Extent(2), stride: Extent(2)), countsPadding: false)
    let scales = (0..<4).map { Float($0) / 3 + 0.5 }
    let steps: [Step] = [
      .layer(
        try Layer(
          name: "conv/1", operation: .conv2d(try Convolution(window: window, groups: 1)),
          weight: try .random(.dense, Shape(4, 12), rank: 2, storedAs: .bfloat16, &generator),
          bias: Bias([1, 2, 3, 4], storedAs: .float16), activation: .leakyReLU(slope: 0.3))),
      .transform(
        try Transform(name: "bn=%", .affine(try ChannelAffine(scale: scales, shift: scales)))),
      .transform(try Transform(name: ".pool", .pool(pooling))),
      .layer(
        try Layer(
          name: "conv.2",
          operation: .conv2d(try Convolution(window: Window(kernel: Extent(2)), groups: 2)),
          weight: try .random(kind, Shape(4, 8), rank: 2, &generator))),
      .transform(try Transform(name: "flat", .flatten)),
      .transform(
        try Transform(
          name: "ln",
          .layerNormalization(
            try LayerNormalization(
              scale: Array(repeating: 2, count: 4), shift: [1, 2, 3, 4], epsilon: 1e-3)))),
      .transform(try Transform(name: "act", .activation(.gelu))),
      .layer(
        try Layer(
          name: "é\"out\n", weight: try .random(kind, Shape(3, 4), rank: 2, &generator),
          bias: .codes([1, -2, 3], exponents: [-1, -2, -3]), initializer: .pytorch,
          inputQuantization: InputQuantization(scale: 0.125, zeroPoint: 3))),
    ]
    let input = try ModelInput(
      shape: [4, 4, 2], layout: .hwc,
      normalization: Normalization(scale: 0.1, mean: 0.1307, deviation: 0.3081))
    return try Model(
      name: "a = 100%\nmodel", input: input, steps: steps, labels: ["one", "", "drei/3\n"])
  }

  @Test(arguments: Kind.allCases, Representation.Kind.allCases)
  func everyModelComesBackAsItWas(kind: Kind, representation: Representation.Kind) throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("model.\(kind)")
    for model in [try SampleLayers.model(), try Self.convolutional(representation)] {
      #expect(try kind.write(model, to: path) == [])
      let imported = try ArchiveFixture.read(path)
      #expect(imported.model == model)
      let first = try Data(contentsOf: URL(filePath: path))
      try kind.write(model, to: path)
      #expect(try Data(contentsOf: URL(filePath: path)) == first)
    }
  }

  /// A checkpoint in memory with every content that there can be.
  private struct Tensors: CheckpointSource {
    let name = "tensors"
    let entries: [CheckpointEntry]
    let contents: [CheckpointContent]
    func content(of index: Int) throws -> CheckpointContent { contents[index] }
  }

  private static func tensors() throws -> Tensors {
    var generator = SeededGenerator(seed: 2)
    let shapes: [(Representation.Kind, [Int], Int)] = [
      (.dense, [4, 3, 2, 2], 1), (.dense, [3, 3, 2, 4], 3), (.quantized, [4, 6], 1),
      (.factorized, [5, 6], 1), (.lora, [5, 6], 1), (.quantizedLowRank, [6, 5], 1),
    ]
    var entries: [CheckpointEntry] = []
    var contents: [CheckpointContent] = []
    for (index, (kind, shape, rowAxisCount)) in shapes.enumerated() {
      let entry = CheckpointEntry(
        name: "l\(index).weight", type: index == 3 ? .float64 : .float32, shape: shape,
        rowAxisCount: rowAxisCount)
      let matrix = try #require(entry.matrixShape)
      entries.append(entry)
      contents.append(
        .weight(
          try .random(
            kind, matrix, rank: 2, storedAs: index == 1 ? .bfloat16 : .float32, &generator)))
    }
    entries.append(CheckpointEntry(name: "count", type: .int64, shape: []))
    contents.append(
      .plain(Tensor(type: .int64, shape: [], bytes: [7, 0, 0, 0, 0, 0, 0, 0])))
    return Tensors(entries: entries, contents: contents)
  }

  @Test(arguments: Kind.allCases)
  func everyTensorOfACheckpointStandsUnderItsName(kind: Kind) throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("tensors.\(kind)")
    let tensors = try Self.tensors()
    let notes = try kind.write(tensors, to: path)
    #expect(
      notes == [
        "1 tensors of 64-bit floats are rounded to 32 bits",
        "4 compressed tensors stand as their parts, such as `….U` and `….V`",
      ] + (kind == .npz ? ["bf16 is stored as float32, which numpy knows"] : []))
    let source = try #require(try ArchiveFixture.read(path).checkpoint?.source)
    #expect(
      Set(source.entries.map(\.name)) == [
        "l0.weight", "l1.weight", "l2.weight.codes", "l2.weight.row_exponent",
        "l2.weight.column_exponent", "l3.weight.U", "l3.weight.V", "l4.weight.base.U",
        "l4.weight.base.V", "l4.weight.lora.first.A", "l4.weight.lora.first.B",
        "l4.weight.lora.second.A", "l4.weight.lora.second.B", "l5.weight.U.codes",
        "l5.weight.U.row_exponent", "l5.weight.U.column_exponent", "l5.weight.V.codes",
        "l5.weight.V.row_exponent", "l5.weight.V.column_exponent", "count",
      ])
    let place = try #require(source.entries.firstIndex { $0.name == "l1.weight" })
    #expect(source.entries[place].shape == [3, 3, 2, 4])
    let written = try source.content(of: place)
    guard case .weight(let weight) = written, case .weight(let before) = tensors.contents[1] else {
      Issue.record("no weight")
      return
    }
    #expect(weight.materialized().elements == before.materialized().elements)
  }

  @Test(arguments: ["mlp", "mlp_f16", "mlp_bf16", "cnn"])
  func aFileOfSafetensorsComesBackByteForByte(name: String) throws {
    let folder = try TemporaryDirectory()
    let (path, original) = (
      folder.path("a.safetensors"), ArchiveFixture.path("\(name).safetensors")
    )
    let source = try #require(try ArchiveFixture.read(original).checkpoint?.source)
    #expect(try SafetensorsFile.write(source, to: path) == [])
    #expect(
      try Data(contentsOf: URL(filePath: path)) == Data(contentsOf: URL(filePath: original)))
  }

  @Test(arguments: Kind.allCases)
  func aPathThatCannotBeWrittenIsNamed(kind: Kind) throws {
    let model = try SampleLayers.model()
    #expect(throws: InterchangeError.self) { try kind.write(model, to: "/absent/m.\(kind)") }
  }

  @Test func layersWhoseTensorsWouldShareANameStayApart() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("m.safetensors")
    var generator = SeededGenerator(seed: 4)
    let layers = try [("a", Representation.Kind.lora), ("a.base", .factorized)].map {
      try Layer(name: $0, weight: .random($1, Shape(6, 6), rank: 2, &generator))
    }
    let model = try Model(name: "m", input: ModelInput(shape: [6]), layers: layers)
    for kind in Kind.allCases {
      try kind.write(model, to: folder.path("m.\(kind)"))
      #expect(try ArchiveFixture.read(folder.path("m.\(kind)")).model == model)
    }
    #expect(FileManager.default.fileExists(atPath: path))
  }
}

/// What others make of our files.
@Suite(.needsPython)
struct WrittenArchiveTests {
  private static func hasModules(_ names: String) -> Bool {
    Python.isContinuousIntegration && !names.contains("torch")
      || (try? Python.run("import \(names)")) != nil
  }
  static let hasSafetensors = hasModules("ml_dtypes, safetensors.numpy")
  static let hasTorch = hasModules("safetensors.torch, torch")

  /// A forward pass in float64 from the arrays `t` of a model of linear layers of every
  /// representation, and the same of the layers' own materialized weights.
  private static let forward = """
    import sys, numpy as np
    def matrix(name):
        f = {k[len(name) + 1:]: np.asarray(v, np.float64) for k, v in t.items() if k.startswith(name + ".")}
        def quantized(p):
            codes = f[p + "codes"]
            for axis, word in enumerate(("row", "column")):
                shape = (-1, 1) if axis == 0 else (1, -1)
                if p + word + "_scale" in f: codes = codes * f[p + word + "_scale"].reshape(shape)
                if p + word + "_exponent" in f:
                    e = f[p + word + "_exponent"]
                    full = np.zeros((len(e), codes.shape[1]) if axis == 0 else (codes.shape[0], len(e)))
                    kept = e != -128
                    values = codes * (2.0 ** e[kept]).reshape(shape)
                    if axis == 0: full[kept] = values
                    else: full[:, kept] = values
                    codes = full
            return codes
        if "F0" in f:
            out = f["F0"]
            for i in range(1, sum(k[0] == "F" for k in f)): out = out @ f[f"F{i}"]
            return out
        if "base.weight" in f or "base.U" in f:
            out = f["base.weight"] if "base.weight" in f else f["base.U"] @ f["base.V"].T
            for k in list(f):
                if k.startswith("lora.") and k.endswith(".A"): out = out + 0.5 * f[k[:-1] + "B"] @ f[k]
            return out
        if "U.codes" in f: return quantized("U.") @ quantized("V.").T
        if "weight.codes" in f: return quantized("weight.")
        return f["U"] @ f["V"].T if "U" in f else f["weight"]
    def bias(name):
        if name + ".bias.codes" in t:
            return t[name + ".bias.codes"] * 2.0 ** t[name + ".bias.exponents"].astype(np.float64)
        return np.asarray(t.get(name + ".bias", 0), np.float64)

    """

  @Test(
    arguments: ArchiveWriterTests.Kind.allCases.filter { $0 == .npz || hasSafetensors })
  func numpyGivesTheSameScoresFromOurFile(kind: ArchiveWriterTests.Kind) throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("model.\(kind)")
    let model = try SampleLayers.model()
    try kind.write(model, to: path)
    var generator = SeededGenerator(seed: 8)
    let batch = Matrix<Float>.random(Shape(4, 12), &generator)
    let load =
      kind == .npz
      ? "t = {k: v for k, v in np.load(sys.argv[2]).items() if k != 'spectrim'}"
      : """
      import ml_dtypes
      from safetensors.numpy import load_file
      t = load_file(sys.argv[2])
      """
    let names = model.layers.map { "'\($0.name)'" }.joined(separator: ", ")
    let found = try Python.run(
      Self.forward + """
        \(load)
        x = np.array(eval(sys.argv[1]), np.float64)
        for index, name in enumerate([\(names)]):
            x = x @ matrix(name).T + bias(name)
            x = np.maximum(x, 0) if index % 2 == 0 else np.tanh(x)
        print(*x.ravel().tolist())
        """,
      ["\((0..<4).map { Array(batch.row($0)) })", path]
    ).split(separator: " ").compactMap {
      Double($0.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    let scores = model.scores(for: batch).elements
    #expect(found.count == scores.count)
    let scale = found.map { abs($0) }.max() ?? 0
    for (left, right) in zip(found, scores) {
      #expect(abs(left - Double(right)) <= 1e-5 * max(scale, 1))
    }
  }

  @Test func theDescriptionIsAListOfTextsForNumpy() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("m.npz")
    _ = try NPZFile.write(ArchiveWriterTests.convolutional(), to: path)
    let shown = try Python.run(
      """
      import sys, numpy as np
      z = np.load(sys.argv[1], allow_pickle=False)
      print(z["spectrim"].ndim, z["spectrim"].dtype.kind, z["conv/1.weight"].shape, z["conv/1.weight"].dtype)
      print(*[s for s in z["spectrim"] if s.startswith("/input/shape") or "conv%2F1/weight/W" in s], sep="\\n")
      """, [path])
    #expect(
      shown == """
        1 U (4, 2, 3, 2) float32
        /input/shape=[4 4 2]
        /layers/conv%2F1/weight/W=@bf16 [4 12] conv%2F1.weight

        """)
  }

  @Test(.enabled(if: hasTorch, "needs torch and safetensors"))
  func torchLoadsOurWeightsIntoItsModules() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("m.safetensors")
    let options = try ArchiveFixture.options(ArchiveFixture.convolutional, input: [2, 8, 8])
    let model = try #require(
      try ArchiveFixture.read(ArchiveFixture.path("cnn.pt"), options).model)
    _ = try SafetensorsFile.write(model, to: path)
    let shown = try Python.run(
      """
      import json, sys, torch
      from safetensors.torch import load_file
      from torch import nn
      net = nn.Sequential(
          nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
          nn.Conv2d(4, 6, (3, 2), stride=(1, 2), padding=(1, 0), groups=2), nn.Identity(),
          nn.LeakyReLU(0.2), nn.AvgPool2d(2, stride=2, padding=1), nn.Flatten(),
          nn.Linear(36, 5), nn.Identity(), nn.Tanh(), nn.Linear(5, 3))
      net.load_state_dict(load_file(sys.argv[1]))
      e = json.load(open(sys.argv[2]))["cnn"]
      with torch.no_grad(): y = net(torch.tensor(e["input"]).reshape(-1, 2, 8, 8))
      print(float((y - torch.tensor(e["scores"])).abs().max()) < 1e-5)
      """, [path, ArchiveFixture.path("expected.json")])
    #expect(shown == "True\n")
  }
}
