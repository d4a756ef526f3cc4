import Foundation

/// The Python side of the cross-checks: numpy, h5py, hdf5plugin, jsonschema: not our code.
public enum Python {
  /// What a script that failed printed.
  public struct Failure: Error, CustomStringConvertible {
    /// The script's standard error.
    public let description: String
  }

  /// The interpreter: `SPECTRIM_PYTHON`, else the system's.
  public static let interpreter =
    ProcessInfo.processInfo.environment["SPECTRIM_PYTHON"] ?? "/usr/bin/python3"

  /// Whether numpy, h5py, hdf5plugin and jsonschema can be imported; tests that need them are skipped
  /// otherwise, except on CI, where they then fail.
  public static let isAvailable: Bool =
    isContinuousIntegration || (try? run("import numpy, h5py, hdf5plugin, jsonschema")) != nil

  /// Whether this is a run on CI, where nothing may be skipped for want of a tool.
  public static let isContinuousIntegration = ProcessInfo.processInfo.environment["CI"] != nil

  /// Runs a program text with arguments (`sys.argv[1:]`) and returns what it printed.
  @discardableResult
  public static func run(_ program: String, _ arguments: [String] = []) throws -> String {
    let outcome = try Subprocess.run(
      interpreter, ["-c", program] + arguments,
      environment: ["OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"])
    guard outcome.exitCode == 0 else { throw Failure(description: outcome.standardError) }
    return outcome.standardOutput
  }
}
