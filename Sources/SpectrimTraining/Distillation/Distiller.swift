public import SpectrimCore

/// A network that learned from another, with the story of it.
public struct DistillationOutcome: Sendable, Equatable {
  /// The model in the form it came in; codes that became 0 are left out where that can be said.
  public let model: Model
  /// How the model did before the first step, if examples were held out.
  public let before: TrainingRecord.HeldOut?
  /// One entry per epoch, rounded to what is worth keeping in a small file.
  public let history: [TrainingRecord.Epoch]
}

/// Trains a compact network, its integer codes included, to give the scores that another gives.
///
/// Codes learn through their rounding, steps and scales stay, and every bit of a code has its price,
/// so that the file becomes smaller rather than larger. Weights in floats learn as they are. The
/// same seed gives the same model as long as BLAS uses the same number of threads.
public struct Distiller: Sendable {
  /// Gives the scores, before any softmax, for a batch of examples as the student sees them.
  /// - Shape: batch `[count, in]`, result `[count, out]`.
  public typealias Teacher = (_ batch: Matrix<Float>) throws -> Matrix<Float>

  /// How the network learns.
  public let settings: DistillationSettings

  /// Creates a distiller.
  public init(_ settings: DistillationSettings) { self.settings = settings }

  /// Trains the weights of `model`, from which the training starts.
  /// - Parameters:
  ///   - heldOut: if given, examples that are not learned from, by which every epoch is judged.
  ///   - teacher: asked once for every example, or for every batch that was moved about.
  ///   - progress: called after every 50th step and every epoch; what it throws ends the training.
  ///   - afterEpoch: called with the number of every epoch, from 1, and what it reached.
  /// - Throws: `TrainingError`, `ModelError`, or what the closures throw.
  public func train(
    _ model: Model, on examples: Examples, heldOut: Examples? = nil, teacher: Teacher,
    progress: (TrainingProgress) throws -> Void = { _ in },
    afterEpoch: (Int, TrainingRecord.Epoch) throws -> Void = { _, _ in }
  ) throws -> DistillationOutcome {
    var run = try DistillationRun(model, examples: examples, settings: settings)
    try heldOut?.check(inputCount: run.network.inputCount, outputCount: model.outputCount)
    let jury = try heldOut.map { try Jury($0, teacher: teacher, outputCount: model.outputCount) }
    let before = jury?.judge(&run.network)
    try run.askTeacher(teacher)
    var history: [TrainingRecord.Epoch] = []
    for epoch in 0..<settings.epochs {
      let sum = try run.runEpoch(epoch, teacher, progress)
      let count = Double(examples.count)
      history.append(
        TrainingRecord.Epoch(
          loss: (sum.loss / count).rounded(significantDigits: 4),
          accuracy: (Double(sum.correctCount) / count).rounded(significantDigits: 4),
          heldOut: jury?.judge(&run.network)))
      try afterEpoch(epoch + 1, history[epoch])
    }
    let learned = try run.network.model(record: model.record).stored(like: model)
    return DistillationOutcome(model: try learned.trimmed(), before: before, history: history)
  }
}

/// Examples that were not learned from, with what the teacher says of them.
private struct Jury {
  let examples: Examples
  let classes: [Int]

  init(_ examples: Examples, teacher: Distiller.Teacher, outputCount: Int) throws {
    self.examples = examples
    let scores = try examples.scores(by: teacher, outputCount: outputCount)
    classes = CrossEntropy.largestColumns(of: scores, count: examples.count, width: outputCount)
  }

  func judge(_ network: inout Network) -> TrainingRecord.HeldOut {
    let found = network.predictions(for: examples)
    func share(_ expected: [Int]) -> Double {
      let count = zip(found, expected).count { $0 == $1 }
      return (Double(count) / Double(found.count)).rounded(significantDigits: 4)
    }
    return TrainingRecord.HeldOut(
      accuracy: share(examples.labels), agreement: share(classes))
  }
}

extension Examples {
  /// How many examples the teacher gets at a time.
  private static let blockSize = 1024

  /// What a teacher gives for all examples.
  /// - Shape: `[count, outputCount]`.
  func scores(by teacher: Distiller.Teacher, outputCount: Int) throws -> [Float] {
    var scores: [Float] = []
    scores.reserveCapacity(count * outputCount)
    let size = min(Self.blockSize, count)
    var (batch, labels) = (
      [Float](repeating: 0, count: size * width), [Int](repeating: 0, count: size)
    )
    let indices = Array(0..<count)
    for start in stride(from: 0, to: count, by: size) {
      let block = indices[start..<min(start + size, count)]
      gather(block, into: &batch, labels: &labels)
      scores += try Self.scores(
        of: batch, count: block.count, width: width, by: teacher, outputCount: outputCount)
    }
    return scores
  }

  /// What a teacher gives for the leading rows of a batch.
  /// - Throws: `TrainingError.teacher` for scores that are too many, too few or not finite.
  static func scores(
    of batch: [Float], count: Int, width: Int, by teacher: Distiller.Teacher, outputCount: Int
  ) throws -> [Float] {
    let rows = Matrix(Shape(count, width), Array(batch.prefix(count * width)))
    let scores = try teacher(rows)
    guard scores.shape == Shape(count, outputCount) else {
      throw TrainingError.teacher(
        found: "\(scores.shape) scores for \(count) examples", expected: "\(outputCount) for each")
    }
    if let wrong = scores.elements.first(where: { !$0.isFinite }) {
      throw TrainingError.teacher(found: "a score of \(wrong)", expected: "finite scores")
    }
    return scores.elements
  }
}

extension Model {
  /// The same model without codes that say nothing.
  fileprivate func trimmed() throws(ModelError) -> Model {
    var trimmed: [Layer] = []
    for layer in layers {
      trimmed.append(try layer.replacing(weight: layer.weight.trimmed, bias: layer.bias))
    }
    return try replacing(layers: trimmed, record: record)
  }
}
