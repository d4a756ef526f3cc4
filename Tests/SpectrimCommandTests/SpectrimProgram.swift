import Foundation
import SpectrimTestSupport

/// The program itself, as a user runs it.
enum SpectrimProgram {
  /// The binary beside the bundle of the tests.
  static let path: String = {
    let bundles = Bundle.allBundles.map(\.bundleURL) + [Bundle.main.bundleURL]
    let folders = bundles.flatMap { [$0, $0.deletingLastPathComponent()] }
    let candidates = folders.map { $0.appending(path: "spectrim").path }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
      ?? "no spectrim beside \(Bundle.main.bundlePath)"
  }()

  /// Runs it with a fixed width of the terminal and without data of the environment.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], directory: URL? = nil
  ) throws -> Subprocess.Outcome {
    let fixed = ["COLUMNS": "100", "SPECTRIM_MNIST": ""]
    return try Subprocess.run(
      path, arguments, environment: fixed.merging(environment) { $1 }, directory: directory)
  }

  /// The fields of a document that a run printed.
  static func document(_ outcome: Subprocess.Outcome) throws -> [String: Any] {
    let data = Data(outcome.standardOutput.utf8)
    return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }
}
