import Foundation
import SpectrimCore
import SpectrimInterchange
import SpectrimTestSupport
import Testing

/// Files that lie: each has its own error, and none a crash.
@Suite struct ONNXDamageTests {
  private typealias Bytes = ONNXBytes
  private static let weight = Bytes.tensor("w", [2, 2], [1, 2, 3, 4])
  private static let longName = String(repeating: "w", count: 1 << 20)
  private static let product = Bytes.node("MatMul", ["x", "w"], "y")

  private func error(_ bytes: [UInt8], options: ImportOptions = ImportOptions()) throws
    -> InterchangeError?
  {
    let folder = try TemporaryDirectory()
    let path = try Bytes.file(bytes, in: folder)
    return #expect(throws: InterchangeError.self) {
      let imported = try ONNXFile.read(at: path, options: options)
      if case .checkpoint(let source, _) = imported.content { _ = try source.content(of: 0) }
    }
  }

  static let damaged: [(defect: String, bytes: [UInt8], message: String)] = [
    ("garbage", Array("this is no protobuf at all".utf8), "not an ONNX model"),
    (
      "a name of a megabyte",
      Bytes.model(
        [Bytes.node("MatMul", ["x", longName], "y")], [Bytes.tensor(longName, [2, 2], [1])]),
      "…"
    ),
    ("empty", [], "no graph"),
    (
      "two tensors of one name", Bytes.model([product], [weight, weight]),
      "two initializers or one without a name: `w`"
    ),
    (
      "a circle",
      Bytes.model([Bytes.node("Add", ["x", "b"], "a"), Bytes.node("Relu", ["a"], "b")], [weight]),
      "takes `b`, which nothing before it gives"
    ),
    (
      "a missing weight", Bytes.model([product], [Bytes.tensor("v", [1], [1])]),
      "takes `w`, which nothing before it gives"
    ),
    (
      "a value given twice", Bytes.model([product, product], [weight]), "value `y` is given twice"
    ),
    (
      "an output that nothing gives", Bytes.model([product], [weight], output: "z"),
      "output `z` is given by no node"
    ),
    (
      "too few bytes", Bytes.model([product], [Bytes.tensor("w", [2, 3], [1, 2, 3, 4])]),
      "16 bytes for f32 of shape [2, 3]; expected 24"
    ),
    (
      "huge sides",
      Bytes.model([product], [Bytes.tensor("w", [1 << 40, 1 << 40], [1])]),
      "are not counts that can be multiplied"
    ),
    (
      "huge sides beside 0",
      Bytes.model([product], [Bytes.tensor("w", [0, 1 << 40, 1 << 40], [])]),
      "are not counts that can be multiplied"
    ),
    (
      "a negative side", Bytes.model([product], [Bytes.tensor("w", [-2, 2], [1])]),
      "sides [-2, 2] are not counts"
    ),
    (
      "not a number", Bytes.model([product], [Bytes.tensor("w", [2, 2], [1, 2, .nan, 4])]),
      "element 2 is not a finite number"
    ),
    (
      "a weight that does not fit", Bytes.model([product], [weight], input: [nil, 3]),
      "a weight 2×2 for 3 inputs"
    ),
    (
      "a negative input", Bytes.model([product], [weight], input: [nil, -3]), "has a side of -3"
    ),
    (
      "a huge input", Bytes.model([product], [weight], input: [nil, 1 << 40, 1 << 40, 3]),
      "too large to run"
    ),
    (
      "numbers too large for their type",
      Bytes.model(
        [Bytes.node("Foo", ["w"], "y")],
        [Bytes.integer(1, 1) + Bytes.integer(2, 3) + Bytes.text(8, "w") + Bytes.integer(5, 300)]),
      "300 does not fit its type"
    ),
  ]

  @Test(arguments: damaged.indices) func everyDefectHasItsError(index: Int) throws {
    let (defect, bytes, message) = Self.damaged[index]
    let error = try error(bytes)
    #expect(error?.code == .invalid, "\(defect)")
    #expect(error?.message.contains(message) == true, "\(defect): \(error?.message ?? "")")
  }

  @Test func aFileThatIsNotThereIsNamed() throws {
    let folder = try TemporaryDirectory()
    for path in [folder.path("absent.onnx"), folder.url.path] {
      let error = #expect(throws: InterchangeError.self) { try ONNXFile.read(at: path) }
      #expect(error?.code == .cannotRead)
    }
  }

  @Test(arguments: [
    (["location": "/etc/passwd"], "is not a plain path"),
    (["location": "../data"], "is not a plain path"),
    (["location": "a/../../data"], "is not a plain path"),
    (["location": ""], "is not a plain path"),
    ([:], "is not a plain path"),
    (["location": "link"], "is or passes a symbolic link"),
    (["location": "folder-link/data"], "is or passes a symbolic link"),
    (["location": "absent"], "cannot be opened"),
    (["location": "folder"], "is not a file"),
    (["location": "data", "offset": "1"], "bytes 1 to 17 of `data`, which has 16"),
    (["location": "data", "offset": "\(Int.max)"], "of `data`, which has 16"),
    (["location": "data", "offset": "-4"], "offset `-4` is not a count of bytes"),
    (["location": "data", "length": "12"], "12 external bytes, but its shape needs 16"),
  ])
  func externalDataStayBelowTheFolder(keys: [String: String], message: String) throws {
    let folder = try TemporaryDirectory()
    try Data(count: 16).write(to: folder.url.appending(path: "data"))
    let manager = FileManager.default
    let inner = folder.url.appending(path: "folder")
    try manager.createDirectory(at: inner, withIntermediateDirectories: true)
    try Data(count: 16).write(to: inner.appending(path: "data"))
    try manager.createSymbolicLink(
      atPath: folder.path("link"), withDestinationPath: folder.path("data"))
    try manager.createSymbolicLink(
      atPath: folder.path("folder-link"), withDestinationPath: inner.path)
    let tensor = Bytes.external("w", [2, 2], keys)
    let path = try Bytes.file(Bytes.model([Self.product], [tensor]), in: folder)
    let error = #expect(throws: InterchangeError.self) { try ONNXFile.read(at: path) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("tensor `w`") == true)
  }

  @Test(arguments: ["cnn", "qdq", "mlp_gelu_tanh", "mlp_view", "nhwc"])
  func noDamageOfAFileIsACrash(name: String) throws {
    let folder = try TemporaryDirectory()
    let whole = [UInt8](
      try Data(contentsOf: ONNXFixture.folder.appending(path: "\(name).onnx")))
    var generator = SeededGenerator(seed: 1)
    for round in 0..<600 {
      var bytes = whole
      if round % 3 == 0 {
        bytes = Array(bytes.prefix(Int.random(in: 0..<whole.count, using: &generator)))
      }
      for _ in 0..<round % 3 {
        bytes[Int.random(in: bytes.indices, using: &generator)] ^=
          UInt8(1 << Int.random(in: 0..<8, using: &generator))
      }
      let path = try Bytes.file(bytes, in: folder)
      do {
        let imported = try ONNXFile.read(at: path)
        if case .checkpoint(let source, _) = imported.content {
          for index in source.entries.indices { _ = try? source.content(of: index) }
        }
      } catch is InterchangeError {}
    }
  }
}
