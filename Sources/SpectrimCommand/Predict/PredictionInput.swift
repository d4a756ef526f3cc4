internal import Foundation
internal import SpectrimCore
internal import SpectrimData

/// One input of `predict`, as it was named.
struct PredictionInput {
  /// The ways to name one.
  enum Kind: Equatable {
    /// An array of numpy.
    case array
    /// A PNG or PGM image.
    case image
    /// An image in a folder of IDX data.
    case item(folder: String, index: Int)
  }

  /// The words that name it.
  let text: String
  let kind: Kind

  /// Tells the kinds apart by the extension, else by a number behind the last colon.
  /// - Throws: `Failure` for other words.
  init(_ text: String) throws {
    self.text = text
    switch URL(filePath: text).pathExtension.lowercased() {
    case "npy": kind = .array
    case "png", "pgm": kind = .image
    default:
      guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
        let index = Int(text[text.index(after: colon)...]), index >= 0
      else {
        throw Failure(
          .usage, "\(text): is no input; expected a .npy, .png or .pgm file or FOLDER:INDEX",
          path: text, expected: ".npy, .png, .pgm or FOLDER:INDEX")
      }
      kind = .item(folder: String(text[..<colon]), index: index)
    }
  }
}

/// What a network sees of one input.
struct PredictionExamples {
  /// The name of every example.
  let names: [String]
  /// - Shape: `[names.count, in]`.
  let batch: Matrix<Float>
  /// The class that the data set gives.
  var label: Int?
}

extension PredictionInput {
  /// Reads inputs for one model, each folder once.
  struct Reader {
    let input: ModelInput
    let half: SplitOptions
    private var folders: [String: ImageSet] = [:]

    init(input: ModelInput, half: SplitOptions) {
      self.input = input
      self.half = half
    }

    /// - Throws: `DataError`; `Failure` when an input has another size than the model takes.
    mutating func read(_ source: PredictionInput) throws -> PredictionExamples {
      switch source.kind {
      case .array: try array(source.text)
      case .image: try pixels(of: GrayImage(contentsOf: source.text), source.text)
      case .item(let folder, let index): try item(index, in: folder, source.text)
      }
    }

    private func array(_ path: String) throws -> PredictionExamples {
      let array = try NPYArray(contentsOf: path)
      guard let batch = array.batch(width: input.elementCount) else {
        throw wrongSize(path, found: "an array of shape \(array.shape)")
      }
      let normalization = input.normalization
      let seen =
        array.isInteger
        ? Matrix(batch.shape, batch.elements.map { normalization.apply(Double($0)) }) : batch
      let names = (0..<batch.rowCount).map { batch.rowCount == 1 ? path : "\(path)[\($0)]" }
      return PredictionExamples(names: names, batch: seen)
    }

    private func pixels(
      of image: GrayImage, _ name: String, label: Int? = nil
    ) throws -> PredictionExamples {
      guard image.pixels.count == input.elementCount else {
        throw wrongSize(name, found: "an image of \(image.rowCount)×\(image.columnCount) pixels")
      }
      return PredictionExamples(
        names: [name], batch: image.batch(input.normalization), label: label)
    }

    private mutating func item(
      _ index: Int, in folder: String, _ name: String
    ) throws -> PredictionExamples {
      let images = try folders[folder] ?? half.load(folder)
      folders[folder] = images
      guard index < images.count else {
        throw Failure(
          .usage, "\(name): there are \(images.count) images; expected an index below that",
          path: name, found: "\(index)", expected: "0 to \(images.count - 1)")
      }
      return try pixels(of: images.image(at: index), name, label: Int(images.labels[index]))
    }

    private func wrongSize(_ name: String, found: String) -> Failure {
      Failure(
        .badData, "\(name): found \(found); the model takes \(input.elementCount) numbers",
        path: name, found: found, expected: "\(input.elementCount) numbers")
    }
  }
}
