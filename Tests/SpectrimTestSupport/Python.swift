import Foundation

/// The Python side of the cross-checks: numpy, h5py, Keras, ONNX Runtime, …: not our code.
public enum Python {
  /// What a script that failed printed.
  public struct Failure: Error, CustomStringConvertible {
    /// The script's standard error.
    public let description: String
  }

  /// The interpreter: `SPECTRIM_PYTHON`, else the one that `Scripts/python` makes.
  public static let interpreter =
    ProcessInfo.processInfo.environment["SPECTRIM_PYTHON"]
    ?? Places.repository.appending(path: ".build/python/bin/python3").path

  /// Whether all that `Scripts/requirements.txt` names can be imported; tests that need it are
  /// skipped otherwise, except on CI, where they then fail.
  public static let isAvailable: Bool =
    isContinuousIntegration
    || (try? run(
      "import h5py, hdf5plugin, jsonschema, keras, numpy, onnx, onnxruntime, safetensors")) != nil

  /// Whether this is a run on CI, where nothing may be skipped for want of a tool.
  public static let isContinuousIntegration = ProcessInfo.processInfo.environment["CI"] != nil

  /// Runs a program text with arguments (`sys.argv[1:]`) and returns what it printed.
  @discardableResult
  public static func run(_ program: String, _ arguments: [String] = []) throws -> String {
    let outcome = try Subprocess.run(
      interpreter, ["-c", program] + arguments,
      environment: [
        "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1", "KERAS_BACKEND": "numpy",
      ])
    guard outcome.exitCode == 0 else { throw Failure(description: outcome.standardError) }
    return outcome.standardOutput
  }
}
