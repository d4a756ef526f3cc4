public import SpectrimCore

/// Labelled inputs to learn from or to be judged by.
public struct Examples: Sendable {
  private enum Values: Sendable {
    case bytes([UInt8], table: [Float])
    case floats([Float])
  }

  private let values: Values
  /// How many numbers one example has.
  public let width: Int
  /// The right answers, from 0.
  /// - Shape: `[count]`.
  public let labels: [Int]

  /// Pixels, which become floats only while a batch is put together: a quarter of the memory.
  /// - Shape: pixels `[count, width]`, labels `[count]`.
  /// - Throws: `TrainingError.examples` when the counts do not fit or there is no example.
  public init(
    pixels: [UInt8], width: Int, normalization: Normalization, labels: [UInt8]
  ) throws(TrainingError) {
    try Self.check(elementCount: pixels.count, width: width, labelCount: labels.count)
    values = .bytes(pixels, table: normalization.byteTable)
    self.width = width
    self.labels = labels.map(Int.init)
  }

  /// Numbers as the network sees them.
  /// - Shape: inputs `[count, width]`, labels `[count]`.
  /// - Throws: `TrainingError.examples` when the counts do not fit or there is no example.
  public init(inputs: Matrix<Float>, labels: [Int]) throws(TrainingError) {
    try Self.check(
      elementCount: inputs.elements.count, width: inputs.columnCount, labelCount: labels.count)
    values = .floats(inputs.elements)
    width = inputs.columnCount
    self.labels = labels
  }

  /// How many examples.
  public var count: Int { labels.count }

  /// Copies chosen examples into the leading rows of a batch.
  /// - Shape: batch `[≥ indices.count, width]`, labels `[≥ indices.count]`.
  func gather(
    _ indices: ArraySlice<Int>, into batch: inout [Float], labels batchLabels: inout [Int]
  ) {
    precondition(batch.count >= indices.count * width, "the batch is too short")
    for (row, example) in indices.enumerated() { batchLabels[row] = labels[example] }
    switch values {
    case .bytes(let pixels, let table):
      // Rows come from all over a large memory. Copies that nothing waits for overlap their
      // delays; the table is looked up when the bytes are near.
      var rows: [UInt8] = []
      rows.reserveCapacity(indices.count * width)
      for example in indices { rows += pixels[example * width..<(example + 1) * width] }
      let (bytes, table) = (rows.span, table.span)
      var batch = batch.mutableSpan
      // Unchecked: the batch is as long by the check above; a byte is below 256, the length of the
      // table.
      for index in bytes.indices {
        batch[unchecked: index] = table[unchecked: Int(bytes[unchecked: index])]
      }
    case .floats(let floats):
      let floats = floats.span
      var batch = batch.mutableSpan
      for (row, example) in indices.enumerated() {
        let (target, source) = (row * width, example * width)
        // Unchecked: both rows lie inside by the check above, the label of the example, and
        // `init`.
        for column in 0..<width {
          batch[unchecked: target &+ column] = floats[unchecked: source &+ column]
        }
      }
    }
  }

  /// Checks that a network can be trained with the examples.
  func check(inputCount: Int, outputCount: Int) throws(TrainingError) {
    guard width == inputCount else {
      throw .examples(found: "\(width) numbers each", expected: "\(inputCount), as the model asks")
    }
    if let wrong = labels.first(where: { !(0..<outputCount).contains($0) }) {
      throw .examples(found: "label \(wrong)", expected: "0 to \(outputCount - 1)")
    }
  }

  private static func check(
    elementCount: Int, width: Int, labelCount: Int
  ) throws(TrainingError) {
    guard labelCount > 0 else { throw .examples(found: "none", expected: "at least one") }
    guard width > 0, elementCount == labelCount * width else {
      throw .examples(
        found: "\(elementCount) numbers in rows of \(width) with \(labelCount) labels",
        expected: "one label per row")
    }
  }
}
