public import Foundation

/// Runs another program to its end, with its two outputs apart.
public enum Subprocess {
  /// What the program left behind.
  public struct Outcome: Sendable {
    /// The exit code; 128 + the signal if it was killed.
    public let exitCode: Int32
    /// All of standard output.
    public let standardOutput: String
    /// All of standard error.
    public let standardError: String
  }

  /// Runs `program`; outputs go through files, so that no pipe can fill up and block it.
  public static func run(
    _ program: String, _ arguments: [String], environment: [String: String] = [:],
    directory: URL? = nil
  ) throws -> Outcome {
    let folder = try TemporaryDirectory()
    let (output, error) = (folder.url.appending(path: "out"), folder.url.appending(path: "err"))
    for file in [output, error] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.currentDirectoryURL = directory
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: error)
    try process.run()
    process.waitUntilExit()
    let killed = process.terminationReason == .uncaughtSignal
    return Outcome(
      exitCode: process.terminationStatus + (killed ? 128 : 0),
      standardOutput: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      standardError: String(decoding: try Data(contentsOf: error), as: UTF8.self))
  }
}
