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
    /// The model as it is converted.
    let model: Model
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
  init(_ options: CalibrationOptions, evaluate: String?, _ context: Context) throws {
    let model = context.model
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
      statistics: try Self.statistics(options, of: context.source),
      treatments: context.treatments, storage: context.storage, threadCount: context.threadCount
    ) { progress.show($0, "what layers see") }
    progress.clear()
    if let path = options.saveStatistics {
      var statistics = converter.statistics
      statistics.sourceDigest = try context.source.sha256()
      try StatisticsFile.write(statistics, to: path)
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
      converter: converter, goal: goal, judge: try Judge(model, on: first), log: log,
      context: context)
    (result, promise) = try search.run(certifyingWith: images.certification, against: model)
    points = log.points.sorted { $0.step < $1.step }
    self.log = log
  }

  /// Saved statistics, which must be of the same file.
  private static func statistics(
    _ options: CalibrationOptions, of source: ModelSource
  ) throws -> CalibrationStatistics? {
    guard let path = options.statistics else { return nil }
    let statistics = try StatisticsFile.read(at: path)
    guard let digest = statistics.sourceDigest else { return statistics }
    guard try digest == source.sha256() else {
      throw Failure(
        .badData, "\(path): holds statistics of another model than \(source.path); save them again",
        path: path)
    }
    return statistics
  }

  /// What a log of earlier points must belong to.
  private static func key(
    _ options: CalibrationOptions, _ images: CalibrationImages, _ context: Context
  ) throws -> String {
    let words = [
      RootCommand.tool, try context.source.sha256(), "\(context.treatments)",
      "\(images.calibration.count)",
      "\(images.search?.count ?? 0)", "\(context.storage)", "\(context.model.input)",
      "\(context.model.steps.map { $0.name })", "\(images.search?.labels ?? [])",
      try options.statistics.map { try FileDigest.sha256(ofFileAt: $0) } ?? "",
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

  /// The best conversion and, for a promise, what was found on images that nothing was chosen by.
  func run(
    certifyingWith images: ImageSet?, against model: Model
  ) throws -> (Conversion, Promise?) {
    let progress = Progress("searching", isQuiet: context.isQuiet)
    var doneCount = 0
    let best = try StepSearch(goal: goal).run { step in
      progress.show(Double(doneCount) / Double(StepSearch.largestCount + 1), "θ \(step)")
      doneCount += 1
      return try log.point(at: step) { try point(at: step) }
    }
    progress.clear()
    guard let best else { throw unreachable(log.points) }
    guard case .loss(let points) = goal, let images else {
      let conversion = try converter.convert(step: best.step)
      // A log may tell of what is no longer so.
      let byteCount = try context.measure(conversion).byteCount
      if case .budget(let bytes) = goal, byteCount > bytes { throw unreachable(log.points) }
      return (conversion, nil)
    }
    let certifier = try Judge(model, on: images)
    var tried: [SearchPoint] = []
    var step = best.step
    for attempt in 1...Promise.attemptCount {
      let conversion = try converter.convert(step: step)
      let (model, byteCount) = try context.measure(conversion)
      let found = try certifier.agreement(of: model)
      let promise = Promise(points: points, attempts: attempt, agreement: found)
      if promise.isKept { return (conversion, promise) }
      tried.append(SearchPoint(step: step, bytes: byteCount, agreement: found))
      step = StepSearch.finer(than: step)
    }
    throw unreachable(tried)
  }

  private func point(at step: Double) throws -> SearchPoint {
    let (model, byteCount) = try context.measure(try converter.convert(step: step))
    return SearchPoint(step: step, bytes: byteCount, agreement: try judge.agreement(of: model))
  }

  private func unreachable(_ table: [SearchPoint]) -> Failure {
    let nearest =
      switch goal {
      case .budget: table.min { $0.bytes < $1.bytes }
      case .loss, .divergence: table.min { $0.agreement.lossBound < $1.agreement.lossBound }
      }
    let best = nearest.map {
      "the nearest has \($0.bytes) bytes and loses \(Self.text($0.agreement.loss)) points, at most "
        + "\(Self.text($0.agreement.lossBound)), on \($0.agreement.count) images"
    }
    return Failure(
      .finding,
      "\(context.source.path): \(goal.sentence) cannot be met; \(best ?? "nothing was measured"); "
        + "no model was written", path: context.source.path)
  }

  private static func text(_ points: Double) -> String {
    "\(points.rounded(significantDigits: 3))"
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
