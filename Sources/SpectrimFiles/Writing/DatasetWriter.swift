internal import SpectrimCore
internal import SpectrimFormat
internal import SpectrimHDF5

/// Writes datasets as the settings ask: compact where chunks would cost more, else under checksums.
struct DatasetWriter {
  private let settings: StorageSettings

  init(_ settings: StorageSettings) { self.settings = settings }

  /// Writes a tensor.
  func write(_ tensor: Tensor, named name: String, in group: HDF5Group) throws -> HDF5Dataset {
    let type = HDF5ElementType(tensor.type)
    return try write(
      Content(bytes: tensor.bytes, type: type, shape: tensor.shape, isShuffled: type.byteCount > 1),
      named: name, in: group)
  }

  /// Writes the tensors of a pool.
  func write(_ bytes: [UInt8], of pool: TensorPool, in group: HDF5Group) throws {
    let tensor = Tensor(
      type: pool.storedType, shape: [bytes.count / pool.storedType.byteCount], bytes: bytes)
    guard pool == .zigzag8, let count = HDF5BitShuffle.blockElementCount(for: bytes.count) else {
      _ = try write(tensor, named: pool.rawValue, in: group)
      return
    }
    let level = level(of: bytes.count)
    let dataset = try group.createDataset(
      pool.rawValue, type: HDF5ElementType(tensor.type), shape: tensor.shape,
      layout: .chunked(
        shape: tensor.shape,
        filters: [.bitShuffle(blockElementCount: count, level: level), .fletcher32]))
    try dataset.writeChunk(
      at: [0], bytes: Fletcher32.sealed(try HDF5BitShuffle.chunk(of: bytes, level: level)))
  }

  /// Writes a text as a dataset of one string.
  func write(_ text: String, named name: String, in group: HDF5Group) throws {
    try write([text], named: name, in: group)
  }

  /// Writes strings, padded to the longest.
  func write(_ texts: [String], named name: String, in group: HDF5Group) throws {
    let width = max(1, texts.map(\.utf8.count).max() ?? 1)
    let bytes = texts.flatMap { Array($0.utf8) + Array(repeating: 0, count: width - $0.utf8.count) }
    _ = try write(
      Content(
        bytes: bytes, type: .fixedString(byteCount: width), shape: [texts.count],
        isShuffled: false),
      named: name, in: group)
  }

  /// What a dataset is to hold.
  private struct Content {
    let bytes: [UInt8]
    let type: HDF5ElementType
    let shape: [Int]
    /// Shuffling helps numbers of several bytes; texts it would only take apart.
    let isShuffled: Bool
  }

  private func write(_ content: Content, named name: String, in group: HDF5Group) throws
    -> HDF5Dataset
  {
    if content.bytes.isEmpty { return try writeCompact(content, name, group) }
    switch settings.codec {
    case .zstd: return try writeZstd(content, name, group)
    case .gzip: return try writeFiltered(content, [.gzip(level: settings.level ?? 9)], name, group)
    case .none: return try writeFiltered(content, [], name, group)
    }
  }

  private func writeCompact(
    _ content: Content, _ name: String, _ group: HDF5Group
  ) throws -> HDF5Dataset {
    let dataset = try group.createDataset(
      name, type: content.type, shape: content.shape, layout: .compact)
    try dataset.write(content.bytes)
    return dataset
  }

  /// A tensor of one chunk is compressed first, since the size decides between compact storage and
  /// the chunk; a larger one goes chunk by chunk.
  private func writeZstd(_ content: Content, _ name: String, _ group: HDF5Group) throws
    -> HDF5Dataset
  {
    let plan = ChunkPlan(shape: content.shape, elementByteCount: content.type.byteCount)
    let level = level(of: content.bytes.count)
    let width = content.isShuffled ? content.type.byteCount : 1
    let single =
      plan.isSingle
      ? try ZstdChunk(
        content.bytes, at: content.shape.map { _ in 0 }, shuffledBy: width, level: level) : nil
    if let single, content.bytes.count <= FormatLimit.compactByteCount,
      content.bytes.count <= single.stored.count + FormatLimit.chunkOverheadByteCount
    {
      return try writeCompact(content, name, group)
    }
    let shuffle: [HDF5Filter] = content.isShuffled ? [.shuffle] : []
    let dataset = try group.createDataset(
      name, type: content.type, shape: content.shape,
      layout: .chunked(
        shape: plan.chunkShape, filters: shuffle + [.zstd(level: level), .fletcher32]))
    if let single {
      try single.write(to: dataset)
    } else {
      try plan.forEachChunk(of: content.bytes) { offset, bytes in
        try ZstdChunk(bytes, at: offset, shuffledBy: width, level: level).write(to: dataset)
      }
    }
    return dataset
  }

  /// The level that was asked for, else by the size.
  private func level(of byteCount: Int) -> Int {
    settings.level ?? (byteCount >= FormatLimit.fastLevelByteCount ? 3 : 19)
  }

  /// Leaves the coding to the filters of HDF5.
  private func writeFiltered(
    _ content: Content, _ coder: [HDF5Filter], _ name: String, _ group: HDF5Group
  ) throws -> HDF5Dataset {
    guard content.bytes.count > FormatLimit.chunkOverheadByteCount else {
      return try writeCompact(content, name, group)
    }
    let plan = ChunkPlan(shape: content.shape, elementByteCount: content.type.byteCount)
    let shuffle: [HDF5Filter] = content.isShuffled && !coder.isEmpty ? [.shuffle] : []
    let dataset = try group.createDataset(
      name, type: content.type, shape: content.shape,
      layout: .chunked(shape: plan.chunkShape, filters: shuffle + coder + [.fletcher32]))
    try dataset.write(content.bytes)
    return dataset
  }
}

extension ZstdChunk {
  fileprivate func write(to dataset: HDF5Dataset) throws {
    try dataset.writeChunk(at: offset, filterMask: filterMask, bytes: stored)
  }
}
