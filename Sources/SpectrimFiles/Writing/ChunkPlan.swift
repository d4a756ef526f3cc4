internal import SpectrimFormat

/// How a tensor is cut into chunks: one if it is small, else whole rows, else parts of rows.
struct ChunkPlan {
  let shape: [Int]
  let chunkShape: [Int]
  let elementByteCount: Int

  init(shape: [Int], elementByteCount: Int) {
    self.shape = shape
    self.elementByteCount = elementByteCount
    let capacity = max(1, FormatLimit.chunkByteCount / elementByteCount)
    // HDF5 has no empty chunks; an axis of no elements gets chunks of one.
    var chunkShape = shape.map { max(1, $0) }
    for axis in chunkShape.indices {
      let inner = chunkShape[(axis + 1)...].reduce(1, *)
      if chunkShape[axis] * inner <= capacity { break }
      chunkShape[axis] = max(1, capacity / inner)
    }
    self.chunkShape = chunkShape
  }

  /// Whether the tensor is one chunk.
  var isSingle: Bool { chunkShape == shape }

  /// Gives the bytes of every chunk with the offset of its first element, one chunk at a time;
  /// what reaches beyond the tensor is zero.
  func forEachChunk(
    of bytes: [UInt8], _ body: (_ offset: [Int], _ chunk: [UInt8]) throws -> Void
  ) rethrows {
    guard !isSingle else { return try body(shape.map { _ in 0 }, bytes) }
    // A vector is a matrix of one row.
    let (rows, columns) = shape.count == 2 ? (shape[0], shape[1]) : (1, shape[0])
    let (height, width) =
      shape.count == 2 ? (chunkShape[0], chunkShape[1]) : (1, chunkShape[0])
    for row in stride(from: 0, to: rows, by: height) {
      for column in stride(from: 0, to: columns, by: width) {
        var chunk: [UInt8] = []
        chunk.reserveCapacity(height * width * elementByteCount)
        let last = min(column + width, columns)
        for index in row..<min(row + height, rows) {
          let start = (index * columns + column) * elementByteCount
          chunk.append(contentsOf: bytes[start..<start + (last - column) * elementByteCount])
          chunk.append(
            contentsOf: repeatElement(0, count: (width - last + column) * elementByteCount))
        }
        let missing = height * width * elementByteCount - chunk.count
        chunk.append(contentsOf: repeatElement(0, count: missing))
        try body(shape.count == 2 ? [row, column] : [column], chunk)
      }
    }
  }
}
