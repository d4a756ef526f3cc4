import Foundation
import SpectrimCore
import SpectrimInterchange
import SpectrimTestSupport
import Testing

/// Files that `Scripts/make_archives.py` made with torch, safetensors and numpy.
enum ArchiveFixture {
  static func path(_ name: String) -> String {
    Places.repository.appending(path: "Tests/SpectrimInterchangeTests/Fixtures/Archives/\(name)")
      .path
  }

  /// Inputs and the scores that the framework gave for them.
  struct Expected: Decodable {
    let input: [[Float]]
    let scores: [[Float]]
  }

  static func expected(_ name: String) throws -> Expected {
    let data = try Data(contentsOf: URL(filePath: path("expected.json")))
    let all = try JSONDecoder().decode([String: Expected].self, from: data)
    return try #require(all[name])
  }

  /// Reads a file of any kind by the end of its name.
  static func read(_ path: String, _ options: ImportOptions = ImportOptions()) throws
    -> ImportedModel
  {
    switch path.split(separator: ".").last {
    case "npz", "npy": try NPZFile.read(at: path, options: options)
    case "pt": try PyTorchFile.read(at: path, options: options)
    default: try SafetensorsFile.read(at: path, options: options)
    }
  }

  static func options(
    _ architecture: String, layout: WeightLayout? = nil, input: [Int]? = nil
  ) throws -> ImportOptions {
    var options = ImportOptions()
    options.architecture = try Architecture(parsing: architecture)
    options.layout = layout
    options.inputShape = input
    return options
  }

  /// The steps of the convolutional network of the fixtures.
  static let convolutional =
    "cnn: conv pad=1 relu, max_pool 2, conv stride=1x2 pad=1x0 groups=2, batch_norm, "
    + "leaky_relu:0.2, avg_pool 2 stride=2 pad=1, flatten, linear, batch_norm, tanh, linear"
}

/// The message of the `InterchangeError` that a body throws, or what else it threw.
func message(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch let error as InterchangeError { return error.message } catch { return "\(error)" }
}

/// The largest difference between scores.
func difference(_ model: Model, _ expected: ArchiveFixture.Expected) -> Float {
  let scores = model.scores(for: Matrix(rows: expected.input)).elements
  return zip(scores, expected.scores.flatMap { $0 }).map { abs($0 - $1) }.max() ?? .infinity
}
