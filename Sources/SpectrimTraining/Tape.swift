public import SpectrimCore

/// What a forward pass leaves for the backward pass, in buffers that are made once.
///
/// Only the first `count` rows of a buffer mean anything: the last batch of an epoch is shorter.
public struct Tape: Sendable {
  /// The largest batch.
  public let capacity: Int
  /// The examples of the current batch.
  public internal(set) var count = 0
  /// The batch as the network sees it.
  /// - Shape: `[capacity, in]`.
  public internal(set) var input: [Float]
  /// `z = W x + b` of every layer.
  /// - Shape: each `[capacity, out]`.
  public internal(set) var preActivations: [[Float]]
  /// What every layer gives to the next, after activation and dropout; the last layer's buffer is
  /// empty, because the loss is taken at its `z`.
  /// - Shape: each `[capacity, out]`.
  public internal(set) var outputs: [[Float]]
  /// The gradient at the `z` of every layer.
  /// - Shape: each `[capacity, out]`.
  public internal(set) var gradients: [[Float]]
  /// The factors by which dropout multiplied, 0 or `1 / (1 − p)`; empty without dropout.
  /// - Shape: each `[capacity, out]`.
  var masks: [[Float]]

  /// Makes the buffers for batches of at most `capacity` examples.
  public init(for network: Network, capacity: Int) {
    precondition(capacity > 0, "a batch has at least one example")
    self.capacity = capacity
    let buffers = network.layers.map {
      [Float](repeating: 0, count: capacity * $0.weight.shape.rowCount)
    }
    input = Array(repeating: 0, count: capacity * network.inputCount)
    preActivations = buffers
    gradients = buffers
    outputs = buffers
    outputs[buffers.count - 1] = []
    masks = buffers.map { _ in [] }
  }

  /// Puts a batch in.
  /// - Shape: `[count, in]` with at most `capacity` rows.
  public mutating func load(_ batch: Matrix<Float>) {
    precondition(batch.rowCount <= capacity, "\(batch.rowCount) rows for \(capacity)")
    precondition(batch.columnCount * capacity == input.count, "rows of \(batch.columnCount)")
    count = batch.rowCount
    input.replaceSubrange(0..<batch.elements.count, with: batch.elements)
  }

  /// Puts the gradient (or any direction) at the `z` of the last layer in, where the backward pass
  /// starts.
  /// - Shape: `[count, out]` with as many rows as the batch.
  public mutating func loadOutputGradient(_ gradient: Matrix<Float>) {
    let last = gradients.count - 1
    precondition(gradient.rowCount == count, "\(gradient.rowCount) rows for \(count) examples")
    precondition(gradient.columnCount * capacity == gradients[last].count, "another width")
    gradients[last].replaceSubrange(0..<gradient.elements.count, with: gradient.elements)
  }

  /// `z` of one layer, copied.
  /// - Shape: `[count, out]`.
  public func preActivation(ofLayer index: Int) -> Matrix<Float> {
    filledRows(of: preActivations[index])
  }

  /// The gradient at the `z` of one layer, copied.
  /// - Shape: `[count, out]`.
  public func gradient(ofLayer index: Int) -> Matrix<Float> { filledRows(of: gradients[index]) }

  /// What a layer sees: the batch, or the output of the layer in front of it.
  /// - Shape: `[capacity, in]`.
  public func input(ofLayer index: Int) -> [Float] { index == 0 ? input : outputs[index - 1] }

  private func filledRows(of buffer: [Float]) -> Matrix<Float> {
    let width = buffer.count / capacity
    return Matrix(Shape(count, width), Array(buffer.prefix(count * width)))
  }
}
