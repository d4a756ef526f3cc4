internal import Foundation

/// The folder of IDX images that a subcommand reads.
enum DataFolder {
  /// What `SPECTRIM_MNIST` names, if anything.
  static var environmentPath: String? {
    ProcessInfo.processInfo.environment["SPECTRIM_MNIST"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The folder that was named, else that of the environment.
  /// - Throws: `Failure` when there is none.
  static func path(_ named: String?) throws -> String {
    guard let path = named ?? environmentPath else {
      throw Failure(
        .usage,
        "no data: pass --data FOLDER or set SPECTRIM_MNIST to a folder with the four MNIST files")
    }
    return path
  }
}
