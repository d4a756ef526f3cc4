import Foundation
import SpectrimCore
import SpectrimInterchange
import SpectrimTestSupport
import Testing

/// A network that Keras wrote, with inputs and the scores that Keras gave for them.
struct KerasFixture {
  private static let folder = Places.repository
    .appending(path: "Tests/SpectrimInterchangeTests/Fixtures/Keras")

  private struct Examples: Decodable {
    let inputs: [[Float]]
    let scores: [[Float]]
  }

  /// As Keras takes them: pixels where the network scales them itself.
  let inputs: Matrix<Float>
  let scores: Matrix<Float>

  init(_ name: String) throws {
    let data = try Data(contentsOf: Self.folder.appending(path: "\(name).json"))
    let examples = try JSONDecoder().decode(Examples.self, from: data)
    inputs = Matrix(rows: examples.inputs)
    scores = Matrix(rows: examples.scores)
  }

  /// Where a model stands.
  static func path(_ file: String) -> String { folder.appending(path: file).path }

  /// Writes the weights that a `.keras` holds to a file of their own, as `save_weights` does.
  static func weights(of file: String, in folder: TemporaryDirectory) throws -> String {
    let archive = try ZipArchive(path: path(file))
    let entry = try #require(archive.entry(named: "model.weights.h5"))
    let path = folder.path("model.weights.h5")
    try Data(archive.read(entry, atMost: 1 << 20)).write(to: URL(filePath: path))
    return path
  }

  /// The largest distance between the model's scores and Keras', where 1 is the unit or a score
  /// itself if larger.
  func distance(of model: Model) -> Float {
    var normalized = inputs
    if model.input.normalization != .unitBytes {
      for index in normalized.elements.indices {
        normalized.elements[index] = model.input.normalization
          .apply(Double(inputs.elements[index]))
      }
    }
    let found = model.scores(for: normalized)
    guard found.shape == scores.shape else { return .infinity }
    return zip(found.elements, scores.elements).reduce(0) {
      max($0, abs($1.0 - $1.1) / max(1, abs($1.1)))
    }
  }
}
