import Foundation
import SpectrimHDF5
import SpectrimTestSupport
import Testing

/// Filter 32008, with hdf5plugin on the other side.
@Suite struct BitShuffleTests {
  private let folder: TemporaryDirectory
  private let path: String

  init() throws {
    folder = try TemporaryDirectory()
    path = folder.path("x.h5")
  }

  /// Small codes with some large ones.
  private static func values(_ count: Int) -> [UInt8] {
    noise(seed: 3, count: count).map { $0 < 250 ? $0 & 3 : $0 }
  }

  /// Makes a dataset of one chunk, lets `fill` write it, and opens what came of it.
  private func dataset(
    _ filters: [HDF5Filter], count: Int, fill: (HDF5Dataset) throws -> Void
  ) throws -> HDF5Dataset {
    // A new name each time: HDF5 does not replace a file that a reader still has open.
    let path = folder.path(UUID().uuidString)
    let file = try HDF5File.create(at: path)
    let layout = HDF5Layout.chunked(shape: [count], filters: filters)
    try fill(file.root.createDataset("x", type: .uint8, shape: [count], layout: layout))
    try file.close()
    return try HDF5File.open(at: path).root.dataset(named: "x")
  }

  /// A dataset of 1003 elements whose chunk is these bytes.
  private func dataset(storing chunk: [UInt8]) throws -> HDF5Dataset {
    try dataset([.bitShuffle(blockElementCount: 1000, level: 19)], count: 1003) {
      try $0.writeChunk(at: [0], bytes: chunk)
    }
  }

  @Test func aChunkHasTheHeaderTheFrameAndTheRest() throws {
    let values = Self.values(1003)
    let chunk = try HDF5BitShuffle.chunk(of: values, level: 19)
    #expect(chunk.prefix(12) == [0, 0, 0, 0, 0, 0, 3, 0xEB, 0, 0, 3, 0xE8])
    #expect(Int(chunk[14]) << 8 | Int(chunk[15]) == chunk.count - 16 - 3)
    #expect(chunk[16..<20] == [0x28, 0xB5, 0x2F, 0xFD])
    #expect(chunk.suffix(3) == values.suffix(3))
  }

  @Test(arguments: [1, 7, 8, 9, 64, 1003, 70_001], [8, 56, 8192])
  func whatTheFilterWritesIsRead(count: Int, block: Int) throws {
    let values = Self.values(count)
    let filters: [HDF5Filter] = [.bitShuffle(blockElementCount: block, level: 5), .fletcher32]
    let dataset = try dataset(filters, count: count) { try $0.write(values) }
    #expect(dataset.info.filters[0].parameters == [0, 4, 1, UInt32(block), 3, 5])
    #expect(try dataset.readBytes(byteLimit: count) == values)
  }

  @Test(.needsPython, arguments: [8, 1003, 70_001])
  func hdf5pluginReadsWhatIsWritten(count: Int) throws {
    let values = Self.values(count)
    let block = try #require(HDF5BitShuffle.blockElementCount(for: count))
    let file = try HDF5File.create(at: path)
    for (name, filters) in [("chunk", []), ("filter", [HDF5Filter.fletcher32])] {
      let layout = HDF5Layout.chunked(
        shape: [count], filters: [.bitShuffle(blockElementCount: block, level: 19)] + filters)
      let dataset = try file.root.createDataset(
        name, type: .uint8, shape: [count], layout: layout)
      if filters.isEmpty {
        try dataset.writeChunk(
          at: [0], bytes: try HDF5BitShuffle.chunk(of: values, level: 19))
      } else {
        try dataset.write(values)
      }
    }
    try file.close()
    let printed = try Python.run(
      """
      import h5py, hdf5plugin, sys
      with h5py.File(sys.argv[1]) as f:
          for name in f: print(f[name][...].tobytes().hex())
      """, [path])
    let expected = values.map { String(format: "%02x", $0) }.joined()
    #expect(printed.split(separator: "\n").map(String.init) == [expected, expected])
  }

  /// Runs a script with `f`, an open h5py file, and `x`, small numbers.
  private func file(_ script: String) throws -> HDF5Group {
    try Python.run(
      """
      import h5py, hdf5plugin, numpy, sys
      x = (numpy.arange(20005) % 251 % 7).astype('u1')
      with h5py.File(sys.argv[1], 'w') as f:
          \(script)
      """, [path])
    return try HDF5File.open(at: path).root
  }

  @Test(.needsPython, arguments: ["", "nelems=20000, ", "nelems=64, "], [1, 7, 8, 1003, 20_005])
  func whatHdf5pluginWritesIsRead(block: String, count: Int) throws {
    let dataset = try file(
      """
      f.create_dataset('x', data=x[:\(count)], chunks=(\(count),), fletcher32=True,
              **hdf5plugin.Bitshuffle(\(block)cname='zstd'))
      """
    ).dataset(named: "x")
    let expected = (0..<count).map { UInt8($0 % 251 % 7) }
    #expect(try dataset.readBytes(byteLimit: count) == expected)
  }

  @Test(
    .needsPython,
    arguments: [
      ("f.create_dataset('x', data=x, **hdf5plugin.Bitshuffle(cname='lz4'))", "with coder 2"),
      ("f.create_dataset('x', data=x, **hdf5plugin.Bitshuffle(cname='none'))", "with coder 0"),
      (
        "f.create_dataset('x', data=x.astype('u2'), **hdf5plugin.Bitshuffle(cname='zstd'))",
        "in elements of 2 bytes"
      ),
      (
        """
        p = h5py.h5p.create(h5py.h5p.DATASET_CREATE); p.set_chunk((20005,)); p.set_deflate(1)
            p.set_filter(32008, 0, (0, 3))
            s = h5py.h5s.create_simple((20005,))
            d = h5py.h5d.create(f.id, b'x', h5py.h5t.NATIVE_UINT8, s, p)
            d.write(s, s, x)
        """, "behind others"
      ),
    ])
  func otherFormsOfTheFilterAreRefusedByName(script: String, form: String) throws {
    let error = failure { try file(script).dataset(named: "x").readBytes(byteLimit: 1 << 20) }
    #expect(error?.code == .unsupported)
    #expect(
      error?.detail
        == "the data is bit-shuffled \(form), expected elements of 1 byte with zstd, before all "
        + "other coders; store it with gzip or zstd")
  }

  @Test func everyTruncationOfAChunkIsAnError() throws {
    let chunk = try HDF5BitShuffle.chunk(of: Self.values(1003), level: 19)
    for count in chunk.indices.dropFirst() {
      let dataset = try dataset(storing: Array(chunk.prefix(count)))
      #expect(failure { try dataset.readBytes(byteLimit: 1003) }?.code == .damaged)
    }
    let longer = try dataset(storing: chunk + [0])
    #expect(failure { try longer.readBytes(byteLimit: 1003) }?.code == .damaged)
  }

  /// The places of the numbers in a chunk, and what a hostile file may put there.
  @Test(
    arguments: [
      (0..<8, [0, 0, 0, 0, 0, 0, 0, 0]), (0..<8, [0, 0, 0, 0, 0, 0, 3, 0xEA]),
      (0..<8, [0, 0, 0, 0, 0, 0, 3, 0xF0]), (0..<8, [0, 0, 1, 0, 0, 0, 0, 0]),
      (0..<8, [255, 255, 255, 255, 255, 255, 255, 255]), (8..<12, [0, 0, 0, 0]),
      (8..<12, [0, 0, 3, 0xE9]), (8..<12, [0, 0, 0, 8]), (12..<16, [0, 0, 0, 0]),
      (12..<16, [0, 0, 255, 255]), (12..<16, [255, 255, 255, 255]), (16..<17, [0]),
    ] as [(Range<Int>, [UInt8])])
  func hostileNumbersAreErrors(place: Range<Int>, bytes: [UInt8]) throws {
    var chunk = try HDF5BitShuffle.chunk(of: Self.values(1003), level: 19)
    chunk.replaceSubrange(place, with: bytes)
    let dataset = try dataset(storing: chunk)
    #expect(failure { try dataset.readBytes(byteLimit: 1003) }?.code == .damaged)
  }

  @Test func aFrameOfAnotherLengthThanItsBlockIsAnError() throws {
    // Frames of 992 and of 2000 zeros.
    for count in [992, 2000] {
      let other = try HDF5BitShuffle.chunk(of: Array(repeating: 0, count: count), level: 19)
      var chunk = try HDF5BitShuffle.chunk(of: Self.values(1003), level: 19)
      chunk.replaceSubrange(12..<(chunk.count - 3), with: other[12...])
      let dataset = try dataset(storing: chunk)
      #expect(failure { try dataset.readBytes(byteLimit: 1003) }?.code == .damaged)
    }
  }

  /// Otherwise libhdf5 would read beyond the end of what was decoded.
  @Test(arguments: [[HDF5Filter.shuffle, .zstd(level: 3)], [.zstd(level: 3), .fletcher32]])
  func aZstdFrameShorterThanTheChunkIsAnError(filters: [HDF5Filter]) throws {
    let short = try dataset([.zstd(level: 3)], count: 64) { try $0.write(Self.values(64)) }
    let frame = try short.readChunk(at: [0], byteLimit: 128).bytes
    let mask: UInt32 = filters.contains(.fletcher32) ? 0b10 : 0
    let dataset = try dataset(filters, count: 4096) {
      try $0.writeChunk(at: [0], filterMask: mask, bytes: frame)
    }
    #expect(failure { try dataset.readBytes(byteLimit: 4096) }?.code == .damaged)
  }

  /// A chunk around the coder has to be as long as it says.
  @Test(
    arguments: [HDF5Filter.bitShuffle(blockElementCount: 4096, level: 3), .zstd(level: 3)],
    [1, 16, 4095, 4097])
  func anUncodedChunkOfAnotherSizeIsAnError(coder: HDF5Filter, count: Int) throws {
    for (filters, mask) in [([coder, .fletcher32], 0b11), ([coder], 0b1)] as [([_], UInt32)] {
      let dataset = try dataset(filters, count: 4096) {
        try $0.writeChunk(at: [0], filterMask: mask, bytes: Self.values(count))
      }
      #expect(failure { try dataset.readBytes(byteLimit: 4096) }?.code == .damaged)
      let whole = try self.dataset(filters, count: 4096) {
        try $0.writeChunk(at: [0], filterMask: mask, bytes: Self.values(4096))
      }
      #expect(try whole.readBytes(byteLimit: 4096) == Self.values(4096))
    }
  }
}
