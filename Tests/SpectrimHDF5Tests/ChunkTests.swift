import Foundation
import SpectrimHDF5
import SpectrimTestSupport
import Testing

@Suite struct ChunkTests {
  private let folder: TemporaryDirectory
  /// Compressible, so that each filter has something to do.
  private let values = (0..<4096).map { UInt8(truncatingIfNeeded: $0 / 64) }

  init() throws {
    folder = try TemporaryDirectory()
  }

  /// Makes a file with one dataset, lets `fill` write it, and opens what came of it.
  private func dataset(
    _ filters: [HDF5Filter], chunk: Int = 4096, fill: (HDF5Dataset) throws -> Void
  ) throws -> HDF5Dataset {
    // A new name each time: HDF5 does not replace a file that a reader still has open.
    let path = folder.path(UUID().uuidString)
    let file = try HDF5File.create(at: path)
    let layout = HDF5Layout.chunked(shape: [chunk], filters: filters)
    try fill(
      file.root.createDataset("x", type: .uint8, shape: [4096], layout: layout))
    try file.close()
    return try HDF5File.open(at: path).root.dataset(named: "x")
  }

  /// A file whose one zstd chunk is these bytes.
  private func dataset(storing bytes: [UInt8]) throws -> HDF5Dataset {
    try dataset([.zstd(level: 3)]) { try $0.writeChunk(at: [0], bytes: bytes) }
  }

  @Test func aStoredChunkIsCompressed() throws {
    let dataset = try dataset([.zstd(level: 3)], chunk: 1024) { try $0.write(values) }
    let chunk = try dataset.readChunk(at: [1024], byteLimit: 1024)
    #expect(chunk.filterMask == 0)
    #expect(chunk.bytes.prefix(4) == [0x28, 0xB5, 0x2F, 0xFD])
    // The frame says how long it is, and carries a checksum: bits 2, and 5 to 7.
    #expect(chunk.bytes[4] & 0x04 != 0)
    #expect(chunk.bytes[4] & 0xE0 != 0)
    #expect(try dataset.storageByteCount() < 4096)
    #expect(dataset.info.chunkCount == 4)
    #expect(failure { try dataset.readChunk(at: [0], byteLimit: 4) }?.code == .tooLarge)
  }

  @Test func aChunkWithAFilterLeftOutComesBack() throws {
    let bytes = noise(seed: 5, count: 4096)
    let dataset = try dataset([.shuffle, .zstd(level: 3)]) {
      try $0.writeChunk(at: [0], filterMask: 0b10, bytes: bytes)
    }
    let chunk = try dataset.readChunk(at: [0], byteLimit: 4096)
    #expect(chunk.bytes == bytes)
    #expect(chunk.filterMask == 0b10)
    #expect(try dataset.readBytes(byteLimit: 4096) == bytes)
  }

  @Test func aChunkThatWasNeverWrittenIsNotFound() throws {
    let dataset = try dataset([.zstd(level: 3)]) { _ in }
    #expect(failure { try dataset.readChunk(at: [0], byteLimit: 99) }?.code == .notFound)
  }

  @Test func everyChangedByteOfAFrameIsAnErrorOrHarmless() throws {
    let good = try dataset([.zstd(level: 3)]) { try $0.write(values) }
    let frame = try good.readChunk(at: [0], byteLimit: 4096).bytes
    var errorCount = 0
    for index in frame.indices {
      var bad = frame
      bad[index] ^= 0x20
      let dataset = try dataset(storing: bad)
      do {
        #expect(try dataset.readBytes(byteLimit: 4096) == values, "byte \(index)")
      } catch let error as HDF5Error {
        #expect(error.code == .damaged)
        errorCount += 1
      }
    }
    #expect(errorCount > frame.count * 9 / 10)
  }

  @Test func everyTruncationOfAFrameIsAnError() throws {
    let good = try dataset([.zstd(level: 3)]) { try $0.write(values) }
    let frame = try good.readChunk(at: [0], byteLimit: 4096).bytes
    for count in frame.indices.dropFirst() {
      let dataset = try dataset(storing: Array(frame.prefix(count)))
      #expect(failure { try dataset.readBytes(byteLimit: 4096) }?.code == .damaged)
    }
  }

  /// A zstd frame without content size: RFC 8878, blocks that repeat one byte.
  private func frame(blocks: Int, blockSize: Int, isEnded: Bool = true) -> [UInt8] {
    var frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58]
    for block in 1...blocks {
      let header = blockSize << 3 | 1 << 1 | (isEnded && block == blocks ? 1 : 0)
      frame += [UInt8(header & 0xFF), UInt8(header >> 8 & 0xFF), UInt8(header >> 16), 9]
    }
    return frame
  }

  @Test func aFrameOfAStreamingWriterIsRead() throws {
    for blocks in [1, 4, 64] {
      let dataset = try dataset(storing: frame(blocks: blocks, blockSize: 4096 / blocks))
      #expect(try dataset.readBytes(byteLimit: 4096) == [UInt8](repeating: 9, count: 4096))
    }
  }

  @Test func aBombAndAnUnfinishedFrameAreErrors() throws {
    for frame in [
      frame(blocks: 8192, blockSize: 1 << 17), frame(blocks: 2, blockSize: 2048, isEnded: false),
      frame(blocks: 1, blockSize: 4096) + [0],
    ] {
      let dataset = try dataset(storing: frame)
      #expect(failure { try dataset.readBytes(byteLimit: 4096) }?.code == .damaged)
    }
  }

  @Test func aDeclaredContentBeyondTheChunkIsAnError() throws {
    // A single segment of 2^40 bytes: magic, descriptor, size in 8 bytes.
    let header: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0, 0, 1, 0, 0]
    let dataset = try dataset(storing: header + [1, 0, 0])
    #expect(failure { try dataset.readBytes(byteLimit: 4096) }?.code == .damaged)
  }

  @Test func fletcherFindsWhatChangedInAChunk() throws {
    let good = try dataset([.fletcher32]) { try $0.write(values) }
    var bytes = try good.readChunk(at: [0], byteLimit: 5000).bytes
    bytes[17] ^= 1
    let dataset = try dataset([.fletcher32]) { try $0.writeChunk(at: [0], bytes: bytes) }
    #expect(failure { try dataset.readBytes(byteLimit: 4096) }?.code == .damaged)
  }
}

/// Seeded bytes that no compressor makes smaller.
func noise(seed: UInt64, count: Int) -> [UInt8] {
  var state = seed
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 56)
  }
}
