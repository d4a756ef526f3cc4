internal import SpectrimCompression
internal import SpectrimCore
internal import SpectrimData
internal import SpectrimFiles
internal import SpectrimReports

/// A conversion with examples: with a θ that was given, or with one that is searched for.
struct CalibratedConversion {
  /// What was chosen.
  let result: Conversion
  /// What was tried, by θ.
  private(set) var points: [SearchPoint] = []
  /// What was promised and found, if anything.
  private(set) var promise: Promise?
  /// What the images gave cause for.
  let warnings: [String]
  /// The log of the search, to be removed when the file is there.
  private(set) var log: SearchLog?

  /// What candidates are made and measured with.
  struct Context {
    /// The file that was read.
    let source: ModelSource
    /// What is asked for each layer.
    let treatments: [LayerTreatment]
    /// The file that is to be written.
    let output: String?
    let storage: StorageSettings
    let threadCount: Int
    let isQuiet: Bool
    /// The model of a conversion and the size of its file.
    let measure: (Conversion) throws -> (model: Model, byteCount: Int)
  }

  /// Measures statistics and makes the model that was asked for.
  /// - Throws: `Failure` with status `finding` when a budget or a promise cannot be met.
  init(_ model: Model, _ options: CalibrationOptions, evaluate: String?, _ context: Context) throws
  {
    let images = try options.calibrate.map { folder in
      try CalibrationImages(
        options, folder: folder, evaluate: evaluate, for: model, at: context.source.path)
    }
    warnings = try images?.warnings(for: model, allowForeign: options.allowForeign) ?? []
    let progress = Progress("measuring", isQuiet: context.isQuiet)
    let converter = try CalibratedConverter(
      model,
      data: images.map {
        NormalizedImages(images: $0.calibration, normalization: model.input.normalization)
      },
      statistics: try options.statistics.map { try StatisticsFile.read(at: $0) },
      treatments: context.treatments, storage: context.storage, threadCount: context.threadCount
    ) { progress.show($0, "what layers see") }
    progress.clear()
    if let path = options.saveStatistics {
      try StatisticsFile.write(converter.statistics, to: path)
    }
    if let theta = options.theta {
      result = try converter.convert(step: theta)
      return
    }
    guard let goal = options.goal, let images, let first = images.search else {
      preconditionFailure("options without θ have a goal and images")
    }
    let log = SearchLog(
      beside: context.output, key: try Self.key(options, images, context))
    let search = CandidateSearch(
      converter: converter, goal: goal, judge: Judge(model, on: first), log: log, context: context)
    (result, promise) = try search.run(certifyingWith: images.certification, against: model)
    points = log.points.sorted { $0.step < $1.step }
    self.log = log
  }

  /// What a log of earlier points must belong to.
  private static func key(
    _ options: CalibrationOptions, _ images: CalibrationImages, _ context: Context
  ) throws -> String {
    let words = [
      RootCommand.tool, try context.source.sha256(), "\(context.treatments)",
      "\(images.calibration.count)",
      "\(images.search?.count ?? 0)", options.statistics ?? "",
      FileDigest.sha256(of: images.calibration.pixels),
      FileDigest.sha256(of: images.search?.pixels ?? []),
    ]
    return FileDigest.sha256(of: words.joined(separator: "\n"))
  }
}

/// The search of one conversion.
private struct CandidateSearch {
  let converter: CalibratedConverter
  let goal: SearchGoal
  let judge: Judge
  let log: SearchLog
  let context: CalibratedConversion.Context

  /// How often a result that does not hold on other images is made finer.
  private static let largestRetryCount = 12

  /// The best conversion and, for a promise, what was found on images that nothing was chosen by.
  func run(
    certifyingWith images: ImageSet?, against model: Model
  ) throws -> (Conversion, Promise?) {
    let progress = Progress("searching", isQuiet: context.isQuiet)
    var doneCount = 0
    let best = try StepSearch(goal: goal).run { step in
      progress.show(Double(doneCount) / Double(StepSearch.expectedCount + 1), "θ \(step)")
      doneCount += 1
      return try log.point(at: step) { try point(at: step) }
    }
    progress.clear()
    guard let best else { throw unreachable() }
    guard case .loss(let points) = goal, let images else {
      return (try converter.convert(step: best.step), nil)
    }
    let certifier = Judge(model, on: images)
    var step = best.step
    for _ in 0...Self.largestRetryCount {
      let conversion = try converter.convert(step: step)
      let found = certifier.agreement(of: try context.measure(conversion).model)
      let promise = Promise(points: points, agreement: found)
      if promise.isKept { return (conversion, promise) }
      step = StepSearch.finer(than: step)
    }
    throw unreachable()
  }

  private func point(at step: Double) throws -> SearchPoint {
    let (model, byteCount) = try context.measure(try converter.convert(step: step))
    return SearchPoint(step: step, bytes: byteCount, agreement: judge.agreement(of: model))
  }

  private func unreachable() -> Failure {
    let table = log.points.sorted { $0.step < $1.step }
    let nearest =
      switch goal {
      case .budget: table.min { $0.bytes < $1.bytes }
      case .loss, .divergence: table.min { $0.agreement.lossBound < $1.agreement.lossBound }
      }
    let best = nearest.map {
      "the nearest has \($0.bytes) bytes and a loss of \(NumberText.points($0.agreement.loss)), at most "
        + "\(NumberText.points($0.agreement.lossBound))"
    }
    return Failure(
      .finding,
      "\(context.source.path): \(goal.sentence) cannot be met; \(best ?? "nothing was measured"); "
        + "nothing was written", path: context.source.path)
  }
}

extension SearchGoal {
  fileprivate var sentence: String {
    switch self {
    case .loss(let points): "a loss of at most \(points) points"
    case .budget(let bytes): "a budget of \(bytes) bytes"
    case .divergence(let nats): "a divergence of at most \(nats) nats"
    }
  }
}
