internal import SpectrimCore
internal import SpectrimData
internal import SpectrimInference
internal import SpectrimReports

/// Runs one or two models over a data set, block by block, and counts.
struct Evaluation {
  private let engine: Engine
  private let other: Engine?

  /// How many images go through a model between two looks at the progress.
  private static let blockCount = 20 * Engine.blockRowCount

  /// Compiles the models, which must take the same inputs and give as many scores.
  init(_ model: Model, against other: Model?) {
    engine = Engine(model)
    self.other = other.map(Engine.init)
  }

  /// Classifies all images of a set that is not empty.
  /// - Throws: `Failure` when scores that are to be compared are not finite.
  func run(on images: ImageSet, progress: (Double) -> Void) throws -> EvaluationReport {
    var (run, otherRun) = (Run(engine), other.map(Run.init))
    var (agreeing, difference) = (0, 0.0)
    for start in stride(from: 0, to: images.count, by: Self.blockCount) {
      let block = images.subset(start..<min(start + Self.blockCount, images.count))
      let classes = run.classify(block)
      if let otherClasses = otherRun?.classify(block), let otherRun {
        agreeing += zip(classes, otherClasses).count { $0 == $1 }
        difference = max(difference, try Self.largestDifference(run.scores, otherRun.scores))
      }
      progress(Double(start + block.count) / Double(images.count))
    }
    return EvaluationReport(
      count: images.count, correct: run.correctCount,
      imagesPerSecond: Double(images.count) / run.seconds,
      against: otherRun.map {
        .init(
          agreeing: agreeing, maxScoreDifference: difference, otherCorrect: $0.correctCount)
      })
  }

  private static func largestDifference(
    _ scores: [Float], _ others: [Float]
  ) throws -> Double {
    var largest: Float = 0
    for (score, other) in zip(scores, others) {
      let difference = (score - other).magnitude
      guard difference.isFinite else {
        throw Failure(
          .badData,
          "a score of \(score) cannot be compared with one of \(other); "
            + "both must be finite", found: "\(score) and \(other)", expected: "finite scores")
      }
      largest = max(largest, difference)
    }
    return Double(largest)
  }

  /// One model with its memory and what it did so far.
  private struct Run {
    let engine: Engine
    private(set) var workspace = Workspace()
    /// The scores of the last block.
    private(set) var scores: [Float] = []
    private(set) var correctCount = 0
    private var duration = Duration.zero

    init(_ engine: Engine) { self.engine = engine }

    /// The time in the engine; more than nothing, so that it can divide.
    var seconds: Double { max(duration / .seconds(1), 1e-9) }

    mutating func classify(_ images: ImageSet) -> [Int] {
      var block = [Float](repeating: 0, count: images.count * engine.outputCount)
      let start = ContinuousClock.now
      var output = block.mutableSpan
      engine.score(
        pixels: images.pixels.span, count: images.count, into: &output, workspace: &workspace)
      duration += .now - start
      scores = block
      let classes = Matrix(Shape(images.count, engine.outputCount), scores).largestColumns()
      correctCount += zip(classes, images.labels).count { $0 == Int($1) }
      return classes
    }
  }
}
