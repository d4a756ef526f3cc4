internal import SpectrimCore
internal import SpectrimData
internal import SpectrimTraining

/// The images that are learned from and those that judge.
struct Lessons {
  let examples: Examples
  /// The last images of the training set, if any are kept back.
  let heldOut: Examples?
  /// How many those are.
  let heldOutCount: Int
  let settings: DistillationSettings

  /// Reads the training set of a folder for a model.
  /// - Throws: `DataError`; `Failure` when images do not fit the model or none is left.
  init(_ folder: String, _ options: DistillationOptions, for model: Model, at file: String) throws {
    let images = try IDXFolder(folder).load(.train)
    guard images.count > 0 else {
      throw Failure(
        .badData, "\(folder): no images in the train set; expected at least one", path: folder)
    }
    try images.check(fits: model, at: file, from: folder)
    heldOutCount = try options.heldOutCount(of: images.count)
    let learnedCount = images.count - heldOutCount
    let normalization = model.input.normalization
    examples = try images.subset(0..<learnedCount).examples(normalization)
    heldOut =
      heldOutCount == 0
      ? nil : try images.subset(learnedCount..<images.count).examples(normalization)
    settings = options.settings(for: images)
  }
}
