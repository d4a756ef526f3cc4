import SpectrimHDF5
import SpectrimTestSupport
import Testing

@Suite struct AttributeTests {
  private let folder: TemporaryDirectory
  private let path: String

  init() throws {
    folder = try TemporaryDirectory()
    path = folder.path("a.h5")
  }

  private func write() throws {
    let file = try HDF5File.create(at: path)
    let attributes = file.root.attributes
    try attributes.write(255, as: .uint8, named: "u8")
    try attributes.write(-128, as: .int8, named: "i8")
    try attributes.write(Int.min, as: .int64, named: "i64")
    try attributes.write([1, -65536], as: .int32, named: "version")
    try attributes.write([Int](), as: .int32, named: "none")
    try attributes.write(Float(0.1), named: "single")
    try attributes.write([Float(1), .infinity], named: "singles")
    try attributes.write(0.1, named: "double")
    try attributes.write([0.1, -0.0], named: "doubles")
    try attributes.write("", named: "empty")
    try attributes.write("größe 尺", named: "text")
    try attributes.write(["a", "", "éa"], named: "texts")
    let dataset = try file.root.createDataset(
      "x", type: .int8, shape: [], layout: .compact, hasAttributes: true)
    try dataset.attributes.write(3, as: .uint8, named: "bits")
    try file.close()
  }

  @Test func everyKindComesBack() throws {
    try write()
    let root = try HDF5File.open(at: path).root
    let attributes = root.attributes
    #expect(try attributes.integer("u8") == 255)
    #expect(try attributes.integer("i8") == -128)
    #expect(try attributes.integer("i64") == Int.min)
    #expect(try attributes.integers("version") == [1, -65536])
    #expect(try attributes.integers("none") == [])
    #expect(try attributes.real("single") == Double(Float(0.1)))
    #expect(try attributes.reals("singles") == [1, .infinity])
    #expect(try attributes.real("double") == 0.1)
    #expect(try attributes.reals("doubles") == [0.1, 0])
    #expect(try attributes.string("empty") == "")
    #expect(try attributes.string("text") == "größe 尺")
    #expect(try attributes.strings("texts") == ["a", "", "éa"])
    #expect(try root.dataset(named: "x").attributes.integer("bits") == 3)
    #expect(try attributes.names() == attributes.names().sorted())
    #expect(try attributes.names().count == 12)
    #expect(try attributes.contains("u8"))
    #expect(try !attributes.contains("u9"))
  }

  @Test(.needsPython)
  func h5pySeesTheTypesThatWereChosen() throws {
    try write()
    let printed = try Python.run(
      """
      import sys, h5py
      a = h5py.File(sys.argv[1]).attrs
      for name in sorted(a):
          print(name, a.get_id(name).dtype.str, a.get_id(name).shape, end=';')
      print(a['text'].decode(), a['u8'], a['version'], a['texts'][2].decode())
      """, [path])
    #expect(
      printed == """
        double <f8 ();doubles <f8 (2,);empty |S1 ();i64 <i8 ();i8 |i1 ();none <i4 (0,);\
        single <f4 ();singles <f4 (2,);text |S11 ();texts |S3 (3,);u8 |u1 ();version <i4 (2,);\
        größe 尺 255 [     1 -65536] éa

        """)
  }

  @Test func tooLargeAndTakenAndBadNamesAreRefused() throws {
    let attributes = try HDF5File.create(at: path).root.attributes
    let text = String(repeating: "a", count: 65_000)
    try attributes.write(text, named: "long")
    #expect(try attributes.string("long") == text)
    #expect(failure { try attributes.write(text + text, named: "longer") }?.code == .tooLarge)
    #expect(failure { try attributes.write("b", named: "long") }?.code == .alreadyExists)
    #expect(failure { try attributes.write("b", named: "") }?.code == .invalidName)
    #expect(failure { try attributes.read("a\0b") }?.code == .notFound)
  }
}
