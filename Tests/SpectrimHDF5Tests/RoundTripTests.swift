import SpectrimHDF5
import SpectrimTestSupport
import Testing

/// One element type with some of its values: little-endian bytes, and what NumPy calls it.
struct Sample: Sendable, CustomTestStringConvertible {
  let type: HDF5ElementType
  let bytes: [UInt8]
  let numpyType: String

  var testDescription: String { "\(type)" }

  /// 4 × 6 elements of arbitrary bits: not a number, infinity and subnormal numbers included.
  init(_ type: HDF5ElementType, _ numpyType: String) {
    self.type = type
    self.numpyType = numpyType
    let first = [UInt8](repeating: 0xFF, count: type.byteCount)
    bytes = first + noise(seed: 1, count: 23 * type.byteCount)
  }

  static let all = [
    Sample(.int8, "<i1"), Sample(.uint8, "<u1"), Sample(.int16, "<i2"), Sample(.uint16, "<u2"),
    Sample(.int32, "<i4"), Sample(.uint32, "<u4"), Sample(.int64, "<i8"), Sample(.uint64, "<u8"),
    Sample(.float16, "<f2"), Sample(.float32, "<f4"), Sample(.float64, "<f8"),
    Sample(.fixedString(byteCount: 5), "S5"),
  ]
}

let layouts: [HDF5Layout] = [
  .compact, .contiguous,
  .chunked(shape: [4, 6], filters: []),
  .chunked(shape: [4, 6], filters: [.shuffle, .zstd(level: 19), .fletcher32]),
  .chunked(shape: [3, 4], filters: [.zstd(level: 3)]),
  .chunked(shape: [3, 4], filters: [.shuffle, .gzip(level: 6), .fletcher32]),
  .chunked(shape: [1, 6], filters: [.fletcher32, .zstd(level: -5)]),
]

@Suite struct RoundTripTests {
  @Test(arguments: Sample.all + [Sample(.bfloat16, "")], layouts)
  func everyTypeComesBackFromEveryLayout(sample: Sample, layout: HDF5Layout) throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("a.h5")
    let file = try HDF5File.create(at: path, smallFile: true)
    let written = try file.root.createDataset(
      "x", type: sample.type, shape: [4, 6], layout: layout)
    try written.write(sample.bytes)
    try file.close()

    let dataset = try HDF5File.open(at: path).root.dataset(named: "x")
    #expect(dataset.info == written.info)
    #expect(dataset.info.byteOrder == .little)
    #expect(try dataset.readBytes(byteLimit: sample.bytes.count) == sample.bytes)
  }

  @Test(.needsPython, arguments: layouts)
  func h5pyReadsTheSameBytes(layout: HDF5Layout) throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("a.h5")
    let file = try HDF5File.create(at: path)
    for sample in Sample.all {
      try file.root.createDataset(
        "\(sample.type)", type: sample.type, shape: [4, 6], layout: layout
      ).write(sample.bytes)
    }
    try file.close()

    let printed = try Python.run(
      Python.zstdFilter + """
        import sys
        with h5py.File(sys.argv[1], 'r') as f:
            for name in sys.argv[2:]:
                d = f[name]
                kind = d.dtype.str[1:] if d.dtype.kind == 'S' else d.dtype.str.replace('|', '<')
                print(kind, d.shape, d[()].tobytes().hex())
        """, [path] + Sample.all.map { "\($0.type)" })
    let expected = Sample.all.map { "\($0.numpyType) (4, 6) \(hexadecimal($0.bytes))\n" }
    #expect(printed == expected.joined())
  }

  @Test(.needsPython, arguments: layouts)
  func h5dumpOpensWhatWeWrite(layout: HDF5Layout) throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("a.h5")
    let file = try HDF5File.create(at: path, smallFile: true)
    let group = try file.root.createGroup("g")
    try group.attributes.write("é", named: "name")
    try group.createDataset("x", type: .int8, shape: [4, 6], layout: layout)
      .write([UInt8](0..<24))
    try file.close()
    // Only the header: h5dump has no zstd.
    let outcome = try Subprocess.run("/usr/bin/env", ["h5dump", "-H", "-p", path])
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    #expect(outcome.standardOutput.contains("DATATYPE  H5T_STD_I8LE"))
    #expect(outcome.standardOutput.contains("STRPAD H5T_STR_NULLPAD"))
  }

  @Test(.needsPython)
  func bfloat16IsAFloatForH5py() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("a.h5")
    let values: [Float] = [1, -2.5, 0, 1e30]
    let file = try HDF5File.create(at: path)
    let bytes = values.flatMap { value -> [UInt8] in
      let bits = value.bitPattern >> 16
      return [UInt8(bits & 0xFF), UInt8(bits >> 8)]
    }
    try file.root.createDataset("x", type: .bfloat16, shape: [4], layout: .compact).write(bytes)
    try file.close()
    let printed = try Python.run(
      "import sys, h5py; print(*h5py.File(sys.argv[1])['x'][:].astype(float))", [path])
    let kept = values.map { Double(Float(bitPattern: $0.bitPattern & 0xFFFF_0000)) }
    #expect(printed.split(whereSeparator: \.isWhitespace).compactMap { Double($0) } == kept)
  }

  @Test func emptyAndScalarShapesComeBack() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("a.h5")
    let file = try HDF5File.create(at: path)
    let root = file.root
    try root.createDataset("none", type: .float32, shape: [0, 3], layout: .contiguous).write([])
    try root.createDataset("compact", type: .int8, shape: [0], layout: .compact).write([])
    try root.createDataset("one", type: .int16, shape: [], layout: .compact).write([7, 0])
    try file.close()
    let again = try HDF5File.open(at: path).root
    #expect(try again.dataset(named: "none").info.shape == [0, 3])
    #expect(try again.dataset(named: "none").readBytes(byteLimit: 0) == [])
    #expect(try again.dataset(named: "compact").readBytes(byteLimit: 0) == [])
    #expect(try again.dataset(named: "one").info.shape == [])
    #expect(try again.dataset(named: "one").readBytes(byteLimit: 2) == [7, 0])
  }

  @Test func whatWasNeverWrittenIsZero() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("a.h5")
    let file = try HDF5File.create(at: path)
    for (name, layout) in zip(["a", "b", "c"], layouts) {
      _ = try file.root.createDataset(name, type: .int8, shape: [4, 6], layout: layout)
    }
    try file.close()
    let root = try HDF5File.open(at: path).root
    for name in ["a", "b", "c"] {
      #expect(
        try root.dataset(named: name).readBytes(byteLimit: 24) == [UInt8](repeating: 0, count: 24))
    }
  }
}

/// The bytes as two digits each.
func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// The error that an expression throws.
func failure<Value>(_ body: () throws -> Value) -> HDF5Error? {
  do {
    _ = try body()
    return nil
  } catch { return error as? HDF5Error }
}
