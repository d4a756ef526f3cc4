internal import SpectrimCore

/// The state of a distillation: everything that a step changes, made once before the first.
struct DistillationRun {
  var network: Network
  private var tape: Tape
  private var labels: [Int]
  /// A batch before it is moved about; empty where none is.
  private var images: [Float]
  /// The teacher's scores of the batch.
  /// - Shape: `[capacity, out]`.
  private var targets: [Float]
  /// The teacher's scores of all examples; empty if batches are moved about.
  /// - Shape: `[examples, out]`.
  private var allTargets: [Float] = []
  private var order: [Int]
  private var generator: SeededGenerator
  private var stepCount = 0
  private let examples: Examples
  private let settings: DistillationSettings
  private let loss: DistillationLoss

  /// How many steps pass between two reports.
  private static let stepsPerReport = 50

  init(
    _ model: Model, examples: Examples, settings: DistillationSettings
  ) throws(TrainingError) {
    network = try Network(model)
    try examples.check(inputCount: network.inputCount, outputCount: network.outputCount)
    if let shift = settings.shift, shift.rowCount * shift.columnCount != examples.width {
      throw .examples(
        found: "\(examples.width) numbers each",
        expected: "images of \(shift.rowCount)×\(shift.columnCount), which can be shifted")
    }
    let capacity = min(settings.batchSize, examples.count)
    tape = Tape(for: network, capacity: capacity)
    labels = Array(repeating: 0, count: capacity)
    images = Array(repeating: 0, count: settings.shift == nil ? 0 : capacity * examples.width)
    targets = Array(repeating: 0, count: capacity * network.outputCount)
    order = Array(0..<examples.count)
    generator = SeededGenerator(seed: settings.seed)
    self.examples = examples
    self.settings = settings
    loss = DistillationLoss(
      temperature: settings.temperature, teacherShare: settings.teacherShare)
  }

  /// Takes the teacher's scores of examples that stay what they are.
  mutating func askTeacher(_ teacher: Distiller.Teacher) throws {
    guard settings.shift == nil, settings.epochs > 0 else { return }
    allTargets = try examples.scores(by: teacher, outputCount: network.outputCount)
  }

  /// One pass over all examples; the last batch takes what is left.
  mutating func runEpoch(
    _ epoch: Int, _ teacher: Distiller.Teacher, _ progress: (TrainingProgress) throws -> Void
  ) throws -> CrossEntropy.Sum {
    order.shuffle(drawing: &generator)
    var total = CrossEntropy.Sum()
    let batchCount = (order.count + tape.capacity - 1) / tape.capacity
    for batch in 0..<batchCount {
      let start = batch * tape.capacity
      let end = min(start + tape.capacity, order.count)
      try load(start..<end, teacher)
      let sum = step(count: end - start, of: batchCount * settings.epochs)
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

  /// Puts a batch and what the teacher says of it in.
  private mutating func load(_ range: Range<Int>, _ teacher: Distiller.Teacher) throws {
    tape.count = range.count
    let width = network.outputCount
    guard let shift = settings.shift else {
      examples.gather(order[range], into: &tape.input, labels: &labels)
      for (row, example) in order[range].enumerated() {
        for column in 0..<width {
          targets[row * width + column] = allTargets[example * width + column]
        }
      }
      return
    }
    examples.gather(order[range], into: &images, labels: &labels)
    let offset = shift.draw(using: &generator)
    shift.apply(offset, to: images, count: range.count, into: &tape.input)
    targets = try Examples.scores(
      of: tape.input, count: range.count, width: examples.width, by: teacher, outputCount: width)
  }

  /// Forward, loss, backward, price of the codes, update of the loaded batch.
  private mutating func step(count: Int, of totalCount: Int) -> CrossEntropy.Sum {
    let last = network.steps.count - 1
    network.forward(&tape)
    let (scores, width) = (tape.preActivations[last], network.outputCount)
    let classes = CrossEntropy.largestColumns(of: scores, count: count, width: width)
    let sum = CrossEntropy.Sum(
      loss: loss.evaluate(
        scores: scores, teacher: targets, labels: labels, count: count, width: width,
        gradient: &tape.gradients[last]),
      correctCount: zip(classes, labels).count { $0 == $1 })
    network.backward(&tape, carry: 0)
    let done = Double(stepCount) / Double(totalCount)
    network.addRatePenalty(price: settings.price(at: done))
    let optimizers = settings.optimizers(at: done)
    stepCount += 1
    network.update(optimizers.floats, codes: optimizers.codes, step: stepCount)
    return sum
  }
}
