public import SpectrimCore

/// What a forward pass leaves for the backward pass, in buffers that are made once.
///
/// Buffers are numbered by the steps of the network that do anything: a chain of layers has one for
/// each layer. Maps stand with their channels last, so that the rows of a convolution are the
/// positions of its window. Only the leading rows, those of `count` examples, mean anything: the
/// last batch of an epoch is shorter.
public struct Tape: Sendable {
  /// The largest batch.
  public let capacity: Int
  /// The examples of the current batch.
  public internal(set) var count = 0
  /// The batch as it comes in.
  /// - Shape: `[capacity, in]`.
  public internal(set) var input: [Float]
  /// `z = W x + b` of every layer, and what any other step gives.
  /// - Shape: each `[capacity · positions, out]`.
  public internal(set) var preActivations: [[Float]]
  /// What a layer gives to the next step, after activation and dropout; empty where that is its `z`:
  /// the last layer, where the loss is taken, and convolutions without activation.
  /// - Shape: each `[capacity · positions, out]`.
  public internal(set) var outputs: [[Float]]
  /// The gradient at the `z` of every layer, and at the output of any other step.
  /// - Shape: each `[capacity · positions, out]`; empty in front of the first layer.
  public internal(set) var gradients: [[Float]]
  /// The factors by which dropout multiplied, 0 or `1 / (1 − p)`; empty without dropout.
  /// - Shape: each `[capacity, out]`.
  var masks: [[Float]]
  /// What the windows of a convolution see; empty where that is the input itself.
  /// - Shape: each `[capacity · positions, kernel elements · channels]`.
  var patches: [[Float]]
  /// The gradient at the patches of the convolution that the backward pass is at.
  var patchGradient: [Float] = []
  /// Where the largest numbers of a pooling stand in its input.
  /// - Shape: each `[capacity, out]`; empty for other steps.
  var winners: [[Int32]]

  private let steps: [TrainableStep]
  /// The step of every layer.
  private let layerSteps: [Int]

  /// Makes the buffers for batches of at most `capacity` examples.
  public init(for network: Network, capacity: Int) {
    precondition(capacity > 0, "a batch has at least one example")
    self.capacity = capacity
    let steps = network.steps
    let layerSteps = steps.indices.filter { steps[$0].layer != nil }
    self.steps = steps
    self.layerSteps = layerSteps
    input = Array(repeating: 0, count: capacity * network.inputCount)
    preActivations = steps.map { Array(repeating: 0, count: capacity * $0.elementCount) }
    outputs = steps.map {
      Array(repeating: 0, count: $0.keepsOutput ? capacity * $0.elementCount : 0)
    }
    gradients = steps.enumerated().map {
      Array(repeating: 0, count: $0 < layerSteps[0] ? 0 : capacity * $1.elementCount)
    }
    patches = steps.map {
      Array(repeating: 0, count: capacity * $0.rowsPerExample * $0.gatheredWidth)
    }
    masks = steps.map { _ in [] }
    winners = steps.map { _ in [] }
  }

  /// Numbers in all buffers.
  package var elementCount: Int {
    input.count
      + [preActivations, outputs, gradients, patches].joined().reduce(0) { $0 + $1.count }
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
  /// - Shape: `[count · positions, out]`.
  public func preActivation(ofLayer index: Int) -> Matrix<Float> {
    filledRows(of: preActivations[layerSteps[index]], step: layerSteps[index])
  }

  /// The gradient at the `z` of one layer, copied.
  /// - Shape: `[count · positions, out]`.
  public func gradient(ofLayer index: Int) -> Matrix<Float> {
    filledRows(of: gradients[layerSteps[index]], step: layerSteps[index])
  }

  /// The gradient at the `z` of one layer, with rows of earlier batches behind those of this one.
  /// - Shape: at least `[count · positions, out]`.
  public func gradientRows(ofLayer index: Int) -> [Float] { gradients[layerSteps[index]] }

  /// What the weight of a layer sees: the batch, what the step in front of it gives, or what its
  /// window sees of that, with the columns of the patches in the order kernel row, kernel column,
  /// channel, and those of a flattened map in the order row, column, channel.
  /// - Shape: at least `[count · positions, in]`.
  public func input(ofLayer index: Int) -> [Float] { rows(ofStep: layerSteps[index]) }

  /// How many rows a layer has for the current batch: the positions of all examples.
  public func rowCount(ofLayer index: Int) -> Int { rowCount(ofStep: layerSteps[index]) }

  /// How many of them belong to one example.
  public func rowsPerExample(ofLayer index: Int) -> Int {
    steps[layerSteps[index]].rowsPerExample
  }

  /// The same by the number of the step.
  func rowCount(ofStep index: Int) -> Int { count * steps[index].rowsPerExample }

  /// What the weight of a step sees.
  func rows(ofStep index: Int) -> [Float] {
    patches[index].isEmpty ? input(ofStep: index) : patches[index]
  }

  /// What a step reads.
  func input(ofStep index: Int) -> [Float] {
    guard index > 0 else { return input }
    return outputs[index - 1].isEmpty ? preActivations[index - 1] : outputs[index - 1]
  }

  private func filledRows(of buffer: [Float], step: Int) -> Matrix<Float> {
    let shape = Shape(rowCount(ofStep: step), steps[step].width)
    return Matrix(shape, Array(buffer.prefix(shape.elementCount)))
  }
}

extension TrainableStep {
  /// The layer, where this is one.
  var layer: Int? {
    if case .layer(let index) = work { index } else { nil }
  }
}
