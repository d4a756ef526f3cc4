import Foundation
import SpectrimCore
import SpectrimFiles
import SpectrimHDF5
import SpectrimTestSupport
import Testing

/// One file per defect, one exact error each.
@Suite struct BadFileTests {
  private let folder: TemporaryDirectory
  private let path: String

  init() throws {
    folder = try TemporaryDirectory()
    path = folder.path("model.h5")
  }

  private func failure(
    of path: String, allowNonFinite: Bool = false
  ) throws -> ModelFileError {
    try #require(
      throws: ModelFileError.self,
      performing: { try ModelFile.read(at: path, allowNonFinite: allowNonFinite) })
  }

  private func layer(_ value: Float) throws -> Model {
    let values = Matrix<Float>(Shape(2, 3), [1, 2, 3, 4, value, 6])
    return try Model(
      name: "one", input: ModelInput(shape: [3]),
      layers: [Layer(name: "fc", weight: .dense(WeightMatrix(values)))])
  }

  @Test func aMissingFileCannotBeRead() throws {
    let error = try failure(of: folder.path("none.h5"))
    #expect(error.code == .cannotRead)
    #expect(error.message.contains("cannot be opened"))
  }

  @Test(arguments: ["", "not a model", "\u{89}HDF\r\n\u{1A}\n"])
  func whatIsNoHDF5IsSaidToBeNone(text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
    let error = try failure(of: path)
    #expect(error.code == .invalid)
    #expect(!ModelFile.verify(at: path).opens)
  }

  @Test func everyTruncationIsAnError() throws {
    try ModelFile.write(try SampleLayers.model(), to: path, storage: StorageSettings(form: .pooled))
    let whole = try Data(contentsOf: URL(filePath: path))
    for count in stride(from: 0, to: whole.count, by: 37) {
      let cut = folder.path("cut.h5")
      try whole.prefix(count).write(to: URL(filePath: cut))
      #expect(throws: ModelFileError.self, "\(count) of \(whole.count) bytes") {
        try ModelFile.read(at: cut)
      }
    }
  }

  @Test func anHDF5FileThatIsNoModelIsRefused() throws {
    try HDF5File.create(at: path).close()
    let error = try failure(of: path)
    #expect(error.code == .invalid)
    #expect(error.message == "`/`: no attribute `format` = `spectrim-model`; not a Spectrim model")
    #expect(error.expected == "spectrim-model")
  }

  @Test func notANumberIsRefusedUnlessAllowed() throws {
    let model = try layer(.nan)
    try ModelFile.write(model, to: path)
    let error = try failure(of: path)
    #expect(
      error.message
        == "`/layers/fc/weight/W`: element 4 is not finite; pass --allow-non-finite to read it all the same"
    )
    #expect(try ModelFile.read(at: path, allowNonFinite: true).model.layers.count == 1)
    let verification = ModelFile.verify(at: path)
    #expect(verification.checks.last?.isOK == false)
  }

  @Test func anExistingTargetIsKeptUnlessForced() throws {
    try ModelFile.write(try layer(1), to: path)
    let before = try Data(contentsOf: URL(filePath: path))
    let error = try #require(
      throws: ModelFileError.self, performing: { try ModelFile.write(layer(2), to: path) })
    #expect(error.code == .exists)
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
    try ModelFile.write(try layer(2), to: path, overwrite: true)
    #expect(try ModelFile.read(at: path).model == layer(2))
  }

  @Test func aTargetThatCannotBeWrittenLeavesNothing() throws {
    let target = folder.path("no such folder/model.h5")
    let error = try #require(
      throws: ModelFileError.self, performing: { try ModelFile.write(layer(1), to: target) })
    #expect(error.code == .cannotWrite)
    #expect(error.file == target)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
  }

  @Test(arguments: [StorageSettings.Form.tree, .pooled])
  func everyFlippedByteIsFoundOrHarmless(form: StorageSettings.Form) throws {
    let model = try SampleLayers.model()
    let record = ConversionRecord(tool: "spectrim test", source: .init(format: "test"))
    let whole = try model.replacing(layers: model.layers, record: record)
    try ModelFile.write(whole, to: path, storage: StorageSettings(form: form))
    let bytes = try Data(contentsOf: URL(filePath: path))
    let original = try ModelFile.read(at: path).model
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<300 {
      var damaged = bytes
      damaged[Int.random(in: bytes.indices, using: &generator)] ^=
        1
        << UInt8.random(
          in: 0..<8, using: &generator)
      let copy = folder.path("damaged.h5")
      try damaged.write(to: URL(filePath: copy))
      // What still reads must be the same model, to the last bit.
      if let read = try? ModelFile.read(at: copy) { #expect(read.model == original) }
    }
  }

  @Test(.needsPython) func aLinkThatLeadsElsewhereIsRefused() throws {
    try ModelFile.write(try layer(1), to: path, storage: StorageSettings(form: .tree))
    try Python.run(
      """
      import h5py, sys
      with h5py.File(sys.argv[1], "r+") as file:
          del file["layers/fc/weight/W"]
          file["layers/fc/weight/W"] = h5py.ExternalLink("/etc/passwd", "/W")
      """, [path])
    let error = try failure(of: path)
    #expect(error.message.contains("external link"))
  }

  @Test(.needsPython) func aGroupThatLeadsBackToItselfIsRefused() throws {
    try ModelFile.write(try layer(1), to: path, storage: StorageSettings(form: .tree))
    try Python.run(
      """
      import h5py, sys
      with h5py.File(sys.argv[1], "r+") as file:
          weight = file["layers/fc/weight"]
          weight["left"], weight["right"] = weight, weight
      """, [path])
    let error = try failure(of: path)
    #expect(
      error.message
        == "`/layers/fc/weight/left`: is a second link to a group; only datasets may have two")
  }

  @Test(.needsPython) func aDatasetCannotStoreMoreThanTheFileHas() throws {
    try Python.run(Self.overstatedFile, [path])
    let error = try failure(of: path)
    #expect(error.message.hasPrefix("`/layers/fc/weight/W`: shape [1, 4294967296] declares"))
  }

  /// A contiguous dataset without checksums whose shape and size in the file are made larger.
  private static let overstatedFile = """
    import h5py, numpy, struct, sys
    with h5py.File(sys.argv[1], "w", libver=("earliest", "v108")) as file:
        file.attrs["format"] = numpy.bytes_("spectrim-model")
        file.attrs["format_version"] = numpy.array([1, 0], "int32")
        file.attrs["name"], file.attrs["graph"] = numpy.bytes_("m"), numpy.bytes_("chain")
        entry = file.create_group("input")
        entry.attrs["shape"] = numpy.array([6], "int32")
        entry.attrs["layout"] = numpy.bytes_("flat")
        entry.attrs["scale"], entry.attrs["mean"], entry.attrs["std"] = 1.0, 0.0, 1.0
        layer = file.create_group("layers/fc")
        layer.attrs["index"] = 0
        layer.attrs["op"], layer.attrs["activation"] = numpy.bytes_("linear"), numpy.bytes_("none")
        layer.create_group("weight").attrs["representation"] = numpy.bytes_("dense")
        layer["weight/W"] = numpy.zeros((1, 4093), "float32")
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    sides, size = struct.pack("<QQ", 1, 4093), struct.pack("<Q", 4 * 4093)
    assert data.count(sides) == 2 and data.count(size) == 1
    data = data.replace(sides, struct.pack("<QQ", 1, 1 << 32))
    data = data.replace(size, struct.pack("<Q", 4 << 32))
    with open(sys.argv[1], "wb") as file:
        file.write(data)
    """

  @Test(.needsPython) func anAttributeNobodyKnowsIsAWarning() throws {
    try ModelFile.write(try layer(1), to: path, storage: StorageSettings(form: .tree))
    try Python.run(
      """
      import h5py, sys
      with h5py.File(sys.argv[1], "r+") as file:
          file["layers/fc"].attrs["colour"] = "blue"
      """, [path])
    let file = try ModelFile.read(at: path)
    #expect(file.warnings == ["`/layers/fc/colour` is not known"])
    #expect(try file.model == layer(1))
  }
}
