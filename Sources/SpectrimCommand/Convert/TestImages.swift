internal import SpectrimCore
internal import SpectrimData
internal import SpectrimInference
internal import SpectrimReports

/// The test half of a data set, on which a model is measured before and after a conversion.
struct TestImages {
  private let images: ImageSet

  /// The images for a model: of a folder that was named, else of `SPECTRIM_MNIST` if the model is
  /// of its shape, else none.
  /// - Parameter areOptional: whether a folder may lack the test half.
  /// - Throws: `DataError`, or `Failure` when the images of the named folder do not fit the model.
  init?(
    folder: String?, for model: Model, at input: String, areOptional: Bool = false
  ) throws {
    guard let path = folder ?? DataFolder.environmentPath else { return nil }
    let isNamed = folder != nil
    guard isNamed || (model.input.elementCount == 784 && model.outputCount == 10) else {
      return nil
    }
    let loaded = Result { () throws(DataError) in try IDXFolder(path).load(.test) }
    if areOptional, case .failure = loaded { return nil }
    if !isNamed, case .failure(let error) = loaded {
      Console.warning("the accuracy is not measured: SPECTRIM_MNIST: \(error)")
      return nil
    }
    images = try loaded.get()
    guard images.count > 0 else {
      throw Failure(.badData, "\(path): the test set is empty; expected images", path: path)
    }
    try images.check(fits: model, at: input, from: path)
  }

  /// Counts right answers of two models.
  func accuracy(before: Model, after: Model) -> ConversionReport.Accuracy {
    ConversionReport.Accuracy(
      count: images.count, correctBefore: correctCount(of: before),
      correctAfter: correctCount(of: after))
  }

  private func correctCount(of model: Model) -> Int {
    let predictions = Engine(model).predictions(pixels: images.pixels, count: images.count)
    return zip(predictions, images.labels).count { $0 == Int($1) }
  }
}
