public import ArgumentParser
internal import SpectrimCore
public import SpectrimData

extension IDXFolder.Split: ExpressibleByArgument {}

/// Where IDX images are.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder of the four IDX files, plain or .gz (default: SPECTRIM_MNIST).",
      valueName: "folder"))
  var data: String?

  @OptionGroup var half: SplitOptions

  /// The folder that was named, else that of the environment.
  /// - Throws: `Failure` when there is none.
  func folder() throws -> String { try DataFolder.path(data) }

  /// Reads the images that were asked for and checks that a model can take them.
  /// - Throws: `DataError`; `Failure` when there is no image, or one of another size.
  func images(in folder: String, for model: Model, at path: String) throws -> ImageSet {
    let images = try half.load(folder)
    guard images.count > 0 else {
      throw Failure(
        .badData, "\(folder): no images in the \(half.split.rawValue) set; expected at least one",
        path: folder)
    }
    try images.check(fits: model, at: path, from: folder)
    return images
  }
}

/// Which half of a folder of IDX images.
struct SplitOptions: ParsableArguments {
  @Option(help: "The images to take from a folder: train-* or t10k-*.")
  var split = IDXFolder.Split.test

  /// Reads that half.
  func load(_ folder: String) throws -> ImageSet { try IDXFolder(folder).load(split) }
}

extension ImageSet {
  /// Refuses images of another size than a model takes.
  func check(fits model: Model, at path: String, from folder: String) throws {
    let width = model.input.elementCount
    guard pixelCount == width else {
      throw Failure(
        .badData,
        "\(folder): images of \(rowCount)×\(columnCount) have \(pixelCount) pixels, but \(path) "
          + "takes \(width) inputs; use the data that the model was trained on",
        path: folder, found: "\(pixelCount) pixels", expected: "\(width)")
    }
  }
}
