internal import SpectrimCompression
internal import SpectrimCore
internal import SpectrimData
internal import SpectrimInference

/// Images as a network sees them, put together block by block.
struct NormalizedImages: CalibrationData {
  let images: ImageSet
  let normalization: Normalization

  var count: Int { images.count }
  func inputs(_ range: Range<Int>) -> Matrix<Float> { images.batch(range, normalization) }
}

/// The images of a conversion: some to calibrate by, others to search with, others to check a
/// promise with, none of them twice.
struct CalibrationImages {
  /// Where the images to calibrate by are from.
  private let folder: String
  /// What the layers are fitted to.
  let calibration: ImageSet
  /// What θ is chosen by.
  let search: ImageSet?
  /// What a promise is checked with.
  let certification: ImageSet?

  /// More images than this make a search slower, not better.
  private static let searchCount = 5000

  /// Divides the images of one folder, and of another one if a promise is to be checked there.
  /// - Throws: `DataError`; `Failure` when the images do not fit the model or are too few.
  init(
    _ options: CalibrationOptions, folder: String, evaluate: String?, for model: Model,
    at input: String
  ) throws {
    self.folder = folder
    let images = try IDXFolder(folder).load(.train)
    try images.check(fits: model, at: input, from: folder)
    let asked = options.samples ?? CalibrationOptions.standardSampleCount
    // A small set leaves a fifth for the search.
    let available = options.goal == nil ? images.count : max(1, images.count * 4 / 5)
    let count = min(asked, available)
    guard options.goal == nil || images.count > count else {
      throw Failure(
        .badData, "\(folder): one image leaves none to search with; expected some hundred",
        path: folder)
    }
    calibration = images.subset(0..<count)
    guard options.goal != nil else {
      (search, certification) = (nil, nil)
      return
    }
    var rest = images.subset(count..<images.count)
    guard options.maxLoss != nil else {
      search = rest.subset(0..<min(rest.count, Self.searchCount))
      certification = nil
      return
    }
    guard let other = evaluate else {
      throw Failure(
        .usage, "--max-loss needs images with labels to measure by; pass --evaluate FOLDER")
    }
    let named = try IDXFolder(other).load(.train)
    try named.check(fits: model, at: input, from: other)
    rest = named.without(calibration)
    let needed = 2 * Promise.exampleCount(for: options.maxLoss ?? 1)
    guard rest.count >= needed else {
      throw Failure(
        .badData,
        "\(other): \(rest.count) images besides those of the calibration; a loss of at most "
          + "\(options.maxLoss ?? 1) points takes at least \(needed) to show", path: other)
    }
    search = rest.subset(0..<rest.count / 2)
    certification = rest.subset(rest.count / 2..<rest.count)
  }

  /// What makes the images doubtful, with the dense model as the judge of their kind.
  /// - Throws: `Failure` when the model recognizes hardly any of them.
  func warnings(for model: Model, allowForeign: Bool) throws -> [String] {
    let predictions = Engine(model).predictions(
      pixels: calibration.pixels, count: calibration.count)
    let right = zip(predictions, calibration.labels).count { $0 == Int($1) }
    let share = Double(right) / Double(calibration.count)
    let percent = "\(Int((100 * share).rounded())) %"
    // With a single score no image is ever wrong or right.
    guard model.outputCount > 1 else { return [] }
    let chance = 1 / Double(model.outputCount)
    var warnings: [String] = []
    if share < chance + Self.smallestGain * (1 - chance) {
      let sentence =
        "\(folder): the model recognizes only \(percent) of the images, so they look foreign to it; "
      guard allowForeign else {
        throw Failure(
          .badData,
          sentence + "use images of the kind it was trained on, or pass --allow-foreign",
          path: folder, found: percent, expected: "images like those of the training")
      }
      warnings.append(sentence + "what the file loses on others is not known")
    } else if share < Self.usualShare {
      warnings.append(
        "\(folder): the model recognizes only \(percent) of the images; with others of another kind "
          + "the file may lose more than it says here")
    }
    let seen = Set(calibration.labels)
    if seen.count < model.outputCount {
      warnings.append(
        "\(folder): of \(model.outputCount) classes the calibration images show \(seen.count); "
          + "the others may suffer")
    }
    if calibration.count < Self.fewCount {
      warnings.append(
        "\(calibration.count) images to calibrate by are few; \(Self.fewCount) and more make smaller "
          + "and better files")
    }
    return warnings
  }

  /// Less than this part of the way from chance to perfection, and images are refused.
  private static let smallestGain = 0.2
  /// Below this share something is amiss.
  private static let usualShare = 0.8
  /// Below this number files get noticeably worse; see `Benchmarks/robustness`.
  private static let fewCount = 1000
}

extension ImageSet {
  /// The images that are not among others, pixel by pixel.
  fileprivate func without(_ others: ImageSet) -> ImageSet {
    let known = Set((0..<others.count).map { others.pixels(at: $0) })
    let kept = (0..<count).filter { !known.contains(pixels(at: $0)) }
    return ImageSet(
      pixels: kept.flatMap { pixels(at: $0) }, labels: kept.map { labels[$0] },
      rowCount: rowCount, columnCount: columnCount)
  }

  private func pixels(at index: Int) -> ArraySlice<UInt8> {
    pixels[index * pixelCount..<(index + 1) * pixelCount]
  }
}
