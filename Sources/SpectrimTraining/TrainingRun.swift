internal import SpectrimCore

/// The state of a training: everything that a step changes, made once before the first.
struct TrainingRun {
  var network: Network
  private var tape: Tape
  private var labels: [Int]
  private var order: [Int]
  private var generator: SeededGenerator
  private var dropout: Dropout?
  private var stepCount = 0
  private var optimizer: Optimizer
  private let examples: Examples
  private let settings: TrainingSettings

  /// How many steps pass between two reports.
  private static let stepsPerReport = 50

  init(_ model: Model, examples: Examples, settings: TrainingSettings) throws(TrainingError) {
    network = try Network(model)
    if let layer = network.layers.first(where: \.hasCodes) {
      throw .notTrainable(
        layer: layer.name, found: "a weight or bias of integer codes",
        expected: "floats; expand the model first, or distil it")
    }
    try examples.check(inputCount: network.inputCount, outputCount: network.outputCount)
    let capacity = min(settings.batchSize, examples.count)
    tape = Tape(for: network, capacity: capacity)
    labels = Array(repeating: 0, count: capacity)
    order = Array(0..<examples.count)
    generator = SeededGenerator(seed: settings.seed)
    dropout = Dropout(probability: settings.dropout, seed: generator.next())
    optimizer = settings.optimizer
    self.examples = examples
    self.settings = settings
  }

  /// One pass over all examples; the last batch takes what is left.
  mutating func runEpoch(
    _ epoch: Int, _ progress: (TrainingProgress) throws -> Void
  ) throws -> CrossEntropy.Sum {
    if epoch > 0 { optimizer.slow(by: settings.decay) }
    if settings.shuffles { order.shuffle(drawing: &generator) }
    var total = CrossEntropy.Sum()
    let batchCount = (order.count + tape.capacity - 1) / tape.capacity
    for batch in 0..<batchCount {
      let start = batch * tape.capacity
      let end = min(start + tape.capacity, order.count)
      let sum = step(start..<end)
      guard sum.loss.isFinite else {
        throw TrainingError.diverged(epoch: epoch + 1, batch: batch + 1)
      }
      total.loss += sum.loss
      total.correctCount += sum.correctCount
      if stepCount % Self.stepsPerReport == 0 || end == order.count {
        let fraction = Double(stepCount) / Double(batchCount * settings.epochs)
        try progress(
          TrainingProgress(epoch: epoch + 1, fraction: fraction, loss: total.loss / Double(end)))
      }
    }
    return total
  }

  /// Forward, loss, backward, update of one batch.
  private mutating func step(_ range: Range<Int>) -> CrossEntropy.Sum {
    let last = network.steps.count - 1
    examples.gather(order[range], into: &tape.input, labels: &labels)
    tape.count = range.count
    network.forward(&tape, dropout: &dropout)
    let sum = CrossEntropy.evaluate(
      scores: tape.preActivations[last], labels: labels, count: range.count,
      width: network.outputCount, gradient: &tape.gradients[last])
    network.backward(&tape, carry: optimizer.carry)
    stepCount += 1
    network.update(optimizer, step: stepCount)
    return sum
  }
}
