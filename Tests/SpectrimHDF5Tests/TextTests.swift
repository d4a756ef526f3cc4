import Foundation
import SpectrimHDF5
import SpectrimTestSupport
import Testing

/// Strings of variable length, which h5py writes unless it is told otherwise.
@Suite(.needsPython) struct TextTests {
  private static let script = """
    import h5py, numpy, struct, sys
    with h5py.File(sys.argv[1], 'w') as f:
        a = f.attrs
        a['one'] = 'größe'; a['many'] = ['a', '', 'long ' * 2000]; a['empty'] = ''
        a['ascii'] = numpy.array([b'relu', b'x'], dtype=h5py.string_dtype('ascii'))
        a['fixed'] = numpy.array([b'fc1', b'fc22']); a['scalar'] = numpy.bytes_(b'fixed')
        a['none'] = numpy.zeros(0); a['no texts'] = numpy.zeros(0, h5py.string_dtype())
        a['number'] = 3; a['latin'] = numpy.array([b'\\xe9'], dtype=h5py.string_dtype('ascii'))
        a['grid'] = numpy.array([['a', 'b'], ['c', 'd']], dtype=h5py.string_dtype())
        f['pairs'] = numpy.array([b'ab', b'cd'], 'V2')
    """

  private func attributes(
    in folder: TemporaryDirectory, then: String = ""
  ) throws -> HDF5Attributes {
    let path = folder.path("texts.h5")
    try Python.run(Self.script + "\n" + then, [path])
    return try HDF5File.open(at: path).root.attributes
  }

  @Test func stringsOfAnyKindAreRead() throws {
    let folder = try TemporaryDirectory()
    let attributes = try attributes(in: folder)
    func texts(_ name: String) throws -> [String] {
      try attributes.texts(name, byteLimit: 20_000)
    }
    #expect(try texts("one") == ["größe"])
    #expect(try texts("many") == ["a", "", String(repeating: "long ", count: 2000)])
    #expect(try texts("empty") == [""])
    #expect(try texts("ascii") == ["relu", "x"])
    #expect(try texts("fixed") == ["fc1", "fc22"])
    #expect(try texts("scalar") == ["fixed"])
    #expect(try texts("none") == [])
    #expect(try texts("no texts") == [])
    #expect(try texts("grid") == ["a", "b", "c", "d"])
    #expect(failure { try texts("number") }?.code == .wrongType)
    #expect(failure { try texts("latin") }?.code == .damaged)
    #expect(failure { try texts("gone") }?.code == .notFound)
    let error = failure { try attributes.texts("many", byteLimit: 10_000) }
    #expect(error?.description.contains("declares strings of 10001 bytes") == true)
  }

  @Test(arguments: [
    ("b.replace(b'GCOL', b'GCOX')", "no heap of strings"),
    // The length of a reference, then of a heap, then of an object in it.
    (
      "b.replace(struct.pack('<I', 10000) + heap, struct.pack('<I', 10001) + heap)",
      "refers to what its heap does not hold"
    ),
    (
      "b[:at + 8] + struct.pack('<Q', 1 << 40) + b[at + 16:]", "longer than the file"
    ),
    ("b[:at + 24] + struct.pack('<Q', 1 << 40) + b[at + 32:]", "a heap of strings ends early, or"),
    (
      "b.replace(struct.pack('<I', 10000) + heap, struct.pack('<IQ', 10000, 1 << 40))",
      "behind the end of the file"
    ),
  ])
  func aHeapThatMakesNoSenseIsRefused(bytes: String, reason: String) throws {
    let folder = try TemporaryDirectory()
    let attributes = try attributes(
      in: folder,
      then: """
        b = open(sys.argv[1], 'rb').read()
        large = b.index(b'long long')
        at = max(i for i in range(large) if b[i:i + 4] == b'GCOL')
        heap = struct.pack('<Q', at)
        changed = \(bytes)
        assert changed != b
        open(sys.argv[1], 'wb').write(changed)
        """)
    let error = failure { try attributes.texts("many", byteLimit: 20_000) }
    #expect(error?.code == .damaged)
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }

  @Test func stringsOfAnImageAreRefused() throws {
    let folder = try TemporaryDirectory()
    _ = try attributes(in: folder)
    let image = try [UInt8](Data(contentsOf: folder.url.appending(path: "texts.h5")))
    let file = try HDF5File.open(image: image)
    let error = failure { try file.root.attributes.texts("one", byteLimit: 100) }
    #expect(error?.code == .unsupported)
  }

  @Test func twoOpaqueBytesAreReadAsTheyAre() throws {
    let folder = try TemporaryDirectory()
    _ = try attributes(in: folder)
    let dataset = try HDF5File.open(at: folder.path("texts.h5")).root.dataset(named: "pairs")
    #expect(dataset.info.elementType == .opaquePair)
    #expect(try dataset.readBytes(byteLimit: 4) == Array("abcd".utf8))
  }
}
