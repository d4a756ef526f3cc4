import SpectrimHDF5
import SpectrimTestSupport
import Testing

/// What h5py wrote: the script below is the other side.
@Suite(.needsPython) struct ForeignFileTests {
  /// Runs a script with `f`, an open h5py file, and opens what it made.
  private func file(_ script: String, in folder: TemporaryDirectory) throws -> HDF5Group {
    let path = folder.path("h5py.h5")
    try Python.run(
      Python.zstdFilter + """
        import sys, os, numpy
        os.chdir(os.path.dirname(sys.argv[1]))
        with h5py.File(sys.argv[1], 'w') as f:
        \(script.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
        """, [path])
    return try HDF5File.open(at: path).root
  }

  @Test(arguments: [
    "", "compression='gzip', shuffle=True, fletcher32=True", "compression='lzf'",
    "chunks=(3, 4), compression=32015, compression_opts=(5,), shuffle=True, fletcher32=True",
    "maxshape=(None, None), chunks=(64, 64), scaleoffset=0",
  ])
  func datasetsAreReadHoweverTheyAreStored(options: String) throws {
    let folder = try TemporaryDirectory()
    let root = try file(
      "f.create_dataset('x', data=numpy.arange(24, dtype='<i2').reshape(4, 6)"
        + (options.isEmpty ? "" : ", " + options) + ")", in: folder)
    if options.contains("lzf") {
      // LZF is a filter inside h5py, not of HDF5.
      let error = failure { try root.dataset(named: "x").readBytes(byteLimit: 48) }
      #expect(error?.code == .unsupported)
      #expect(error?.description.contains("filter 32000") == true)
      return
    }
    let dataset = try root.dataset(named: "x")
    #expect(dataset.info.shape == [4, 6])
    #expect(try dataset.readBytes(byteLimit: 48) == (0..<24).flatMap { [$0, 0] })
  }

  @Test(arguments: [("i2", 2), ("i4", 4), ("u8", 8), ("f2", 2), ("f4", 4), ("f8", 8)])
  func bigEndianNumbersAreReadAsLittle(type: String, byteCount: Int) throws {
    let folder = try TemporaryDirectory()
    // All kinds of bits: subnormals, infinities, and not-a-number with its payload.
    let root = try file(
      """
      b = numpy.random.default_rng(7).integers(0, 256, 4096 * \(byteCount), dtype='u1').tobytes()
      f['x'] = numpy.frombuffer(b, '>\(type)')
      f['y'] = numpy.frombuffer(b, '>\(type)').astype('<\(type)').view('u1') \
      if '\(type)'[0] != 'f' else numpy.frombuffer(b, '>\(type)').byteswap().view('u1')
      """, in: folder)
    let dataset = try root.dataset(named: "x")
    #expect(dataset.info.byteOrder == .big)
    let expected = try root.dataset(named: "y").readBytes(byteLimit: 4096 * 8)
    #expect(try dataset.readBytes(byteLimit: 4096 * 8) == expected)
  }

  @Test func stringsAreReadWhateverTheirPadding() throws {
    let folder = try TemporaryDirectory()
    let root = try file(
      """
      f['ascii'] = numpy.array([b'relu', b'', b'tanh12'])
      f['utf8'] = numpy.array(['é'.encode(), b'abc'], h5py.string_dtype('utf-8', 4))
      t = h5py.h5t.C_S1.copy(); t.set_size(6); t.set_strpad(h5py.h5t.STR_SPACEPAD)
      s = h5py.h5s.create_simple((2,))
      d = h5py.h5d.create(f.id, b'spaces', t, s); d.write(s, s, numpy.array([b'ab    ', b'c d   '], 'S6'), t)
      t.set_strpad(h5py.h5t.STR_NULLTERM)
      d = h5py.h5d.create(f.id, b'terminated', t, s); d.write(s, s, numpy.array([b'ab', b'cd'], 'S6'), t)
      """, in: folder)
    func strings(_ name: String) throws -> [String] {
      try root.dataset(named: name).readStrings(byteLimit: 100)
    }
    #expect(try strings("ascii") == ["relu", "", "tanh12"])
    #expect(try strings("utf8") == ["é", "abc"])
    #expect(try strings("spaces") == ["ab", "c d"])
    #expect(try strings("terminated") == ["ab", "cd"])
  }

  @Test(arguments: [
    ("f['x'] = 'text'", "variable-length string"),
    ("f.create_dataset('x', (2,), h5py.vlen_dtype('f4'))", "variable-length data"),
    ("f['x'] = numpy.zeros(2, 'i4,f4')", "a compound type"),
    ("f['x'] = numpy.zeros(2, 'c8')", "a compound type"),
    ("f['x'] = numpy.zeros(2, 'V3')", "an opaque type"),
    ("f.create_dataset('x', (2,), numpy.dtype(('f4', 3)))", "an array type"),
    ("f.create_dataset('x', (1,), h5py.ref_dtype)", "a reference"),
    ("f['t'] = numpy.dtype('f4'); f.create_dataset('x', (2,), f['t'])", "a committed datatype"),
    ("f['x'] = h5py.Empty('f4')", "is empty"),
    ("f['x'] = numpy.zeros(2, numpy.longdouble)", "a floating-point number of an unknown kind"),
    ("f.create_dataset('x', (8,), 'i1', external='other')", "external storage"),
    (
      "v = h5py.VirtualLayout((4,), 'i1'); v[:] = h5py.VirtualSource('o.h5', 'x', (4,))\n"
        + "f.create_virtual_dataset('x', v)", "a virtual dataset"
    ),
    ("f['x'] = h5py.SoftLink('/y')", "a soft link to `/y`; only hard links"),
    ("f['x'] = h5py.ExternalLink('o.h5', '/y')", "an external link to `/y` in o.h5"),
  ])
  func whatWeDoNotReadIsRefusedByName(script: String, reason: String) throws {
    let folder = try TemporaryDirectory()
    let root = try file(script, in: folder)
    let error = failure { try root.dataset(named: "x") }
    #expect(error?.code == .unsupported)
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    #expect(error?.description.contains("`/x`") == true)
  }

  @Test func linksAreReportedAndNotFollowed() throws {
    let folder = try TemporaryDirectory()
    let root = try file(
      """
      f['b'] = h5py.SoftLink('/gone'); f['c'] = h5py.ExternalLink('o.h5', '/y')
      f['a'] = numpy.zeros(2); f['d'] = f['a']; f.create_group('é'); f['t'] = numpy.dtype('f4')
      """, in: folder)
    let links = try root.links()
    #expect(links.map(\.name) == ["a", "b", "c", "d", "t", "é"])
    #expect(
      links.map(\.kind) == [
        .dataset, .soft(target: "/gone"), .external(file: "o.h5", target: "/y"), .dataset,
        .datatype, .group,
      ])
    #expect(links[0].address == links[3].address)
    #expect(links[1].address == nil)
  }

  @Test func attributesAreReadGenerously() throws {
    let folder = try TemporaryDirectory()
    let attributes = try file(
      """
      a = f.attrs
      a['u8'] = numpy.uint8(200); a['big'] = numpy.array(-3, '>i4'); a['yes'] = True
      a['list'] = numpy.array([[1, -2], [3, 4]], 'i2'); a['none'] = numpy.zeros(0, 'i4')
      a['half'] = numpy.float16(0.1); a['tiny'] = numpy.array([6e-8, 0.5], '>f2')
      a['single'] = numpy.float32(0.1); a['double'] = 0.1
      a['bytes'] = numpy.bytes_(b'relu'); a['names'] = numpy.array([b'a', b'bcd'])
      a['text'] = 'variable'; a['huge'] = numpy.uint64(2**64 - 1)
      a['latin'] = numpy.bytes_(b'\\xe9')
      """, in: folder
    ).attributes
    #expect(try attributes.integer("u8") == 200)
    #expect(try attributes.integer("big") == -3)
    #expect(try attributes.integer("yes") == 1)
    #expect(try attributes.integers("list") == [1, -2, 3, 4])
    #expect(try attributes.integers("none") == [])
    #expect(try attributes.real("half") == Double(Float16(0.1)))
    #expect(try attributes.reals("tiny") == [Double(Float16(6e-8)), 0.5])
    #expect(try attributes.real("single") == Double(Float(0.1)))
    #expect(try attributes.real("double") == 0.1)
    #expect(try attributes.string("bytes") == "relu")
    #expect(try attributes.strings("names") == ["a", "bcd"])
    #expect(failure { try attributes.read("text") }?.code == .unsupported)
    #expect(failure { try attributes.read("huge") }?.code == .tooLarge)
    #expect(failure { try attributes.read("latin") }?.code == .damaged)
    #expect(failure { try attributes.read("gone") }?.code == .notFound)
    #expect(failure { try attributes.string("u8") }?.code == .wrongType)
    let hint = failure { try attributes.string("text") }?.description ?? ""
    #expect(hint.contains("`/@text`"))
    #expect(hint.contains("store it with a fixed length"))
    #expect(try attributes.names().count == 14)
  }

  @Test func aDeclaredSizeBeyondTheLimitIsRefusedBeforeAllocating() throws {
    let folder = try TemporaryDirectory()
    let root = try file(
      """
      f.create_dataset('x', (1 << 40, 4), 'f4', chunks=(1024, 4))
      f.create_dataset('y', (8,), 'i1', chunks=(1 << 28,), maxshape=(None,))
      """, in: folder)
    let error = failure { try root.dataset(named: "x").readBytes(byteLimit: 1 << 20) }
    #expect(error?.code == .tooLarge)
    #expect(try root.dataset(named: "x").info.chunkCount == 1 << 30)
    #expect(failure { try root.dataset(named: "y").readBytes(byteLimit: 8) }?.code == .tooLarge)
  }
}
