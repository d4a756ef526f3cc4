public import SpectrimCore

/// How a network is trained.
public struct TrainingSettings: Sendable, Equatable {
  /// How parameters follow their gradients.
  public var optimizer: Optimizer
  /// Examples per step; the last step of an epoch takes what is left.
  public var batchSize: Int
  /// Passes over the examples.
  public var epochs: Int
  /// The chance of a hidden output to be switched off during training.
  public var dropout: Double
  /// What every epoch leaves of the learning rate; 1 keeps it.
  public var decay: Double
  /// Whether every epoch has another order.
  public var shuffles: Bool
  /// What the order and the dropout are drawn from.
  public var seed: UInt64

  /// Creates settings; positive counts, a dropout in 0..<1, a decay above 0.
  public init(
    optimizer: Optimizer, batchSize: Int, epochs: Int, dropout: Double = 0, decay: Double = 1,
    shuffles: Bool = true, seed: UInt64 = 0
  ) {
    precondition(batchSize > 0 && epochs >= 0, "\(epochs) epochs of batches of \(batchSize)")
    self.optimizer = optimizer
    self.batchSize = batchSize
    self.epochs = epochs
    self.dropout = dropout
    self.decay = decay
    self.shuffles = shuffles
    self.seed = seed
  }
}

/// Where a training stands.
public struct TrainingProgress: Sendable, Equatable {
  /// The epoch, from 1.
  public let epoch: Int
  /// The done share of all steps, 0…1.
  public let fraction: Double
  /// The mean loss of this epoch so far, in nats.
  public let loss: Double
}

/// A trained model with the story of its training.
public struct TrainingOutcome: Sendable, Equatable {
  /// The model, with weights in floats of 32 bits.
  public let model: Model
  /// One entry per epoch.
  public let history: [TrainingRecord.Epoch]
}

/// Trains models on labelled examples; the same seed gives the same weights as long as BLAS uses
/// the same number of threads.
public struct Trainer: Sendable {
  /// How a network is trained.
  public let settings: TrainingSettings

  /// Creates a trainer.
  public init(_ settings: TrainingSettings) { self.settings = settings }

  /// Trains the weights of `model`, from which the training starts.
  ///
  /// The loss and the training accuracy of an epoch are those of each batch before its step, as
  /// chapter 3 of the course counts them.
  /// - Parameters:
  ///   - tests: if given, the accuracy on them is measured after every epoch.
  ///   - progress: called after every 50th step and every epoch; what it throws ends the training.
  ///   - afterEpoch: called with the number of every epoch, from 1, and what it reached.
  /// - Throws: `TrainingError`, `ModelError`, or what the closures throw.
  public func train(
    _ model: Model, on examples: Examples, tests: Examples? = nil,
    progress: (TrainingProgress) throws -> Void = { _ in },
    afterEpoch: (Int, TrainingRecord.Epoch) throws -> Void = { _, _ in }
  ) throws -> TrainingOutcome {
    var run = try TrainingRun(model, examples: examples, settings: settings)
    try tests?.check(inputCount: run.network.inputCount, outputCount: model.outputCount)
    var history: [TrainingRecord.Epoch] = []
    for epoch in 0..<settings.epochs {
      let sum = try run.runEpoch(epoch, progress)
      let count = Double(examples.count)
      history.append(
        TrainingRecord.Epoch(
          loss: sum.loss / count, accuracy: Double(sum.correctCount) / count,
          testAccuracy: tests.map { run.network.accuracy(on: $0) }))
      try afterEpoch(epoch + 1, history[epoch])
    }
    return TrainingOutcome(model: try run.network.model(record: model.record), history: history)
  }
}

extension Network {
  /// The share of right answers, 0…1.
  public mutating func accuracy(on examples: Examples) -> Double {
    let correctCount = zip(predictions(for: examples), examples.labels).count { $0 == $1 }
    return Double(correctCount) / Double(examples.count)
  }

  /// The class with the largest score of every example.
  /// - Shape: `[count]`.
  public mutating func predictions(for examples: Examples) -> [Int] {
    // Patches of many maps would only be further away.
    let blockSize = min(layers.contains { $0.grid != nil } ? 64 : 256, examples.count)
    var tape = Tape(for: self, capacity: blockSize)
    var labels = [Int](repeating: 0, count: blockSize)
    var classes: [Int] = []
    classes.reserveCapacity(examples.count)
    let indices = Array(0..<examples.count)
    for start in stride(from: 0, to: examples.count, by: blockSize) {
      let block = indices[start..<min(start + blockSize, examples.count)]
      examples.gather(block, into: &tape.input, labels: &labels)
      tape.count = block.count
      forward(&tape)
      classes += CrossEntropy.largestColumns(
        of: tape.preActivations[steps.count - 1], count: block.count, width: outputCount)
    }
    return classes
  }
}
