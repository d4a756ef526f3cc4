public import Foundation

/// Where tests find what they read.
public enum Places {
  /// The root of the repository.
  public static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The folder of the four MNIST files, or `nil` if `SPECTRIM_MNIST` does not name one.
  public static let mnist: URL? = ProcessInfo.processInfo.environment["SPECTRIM_MNIST"]
    .map { URL(filePath: $0) }

  /// Whether MNIST is the complete set: with a sample, accuracy floors are skipped.
  public static let mnistIsComplete: Bool =
    mnist != nil && ProcessInfo.processInfo.environment["SPECTRIM_MNIST_SAMPLE"] == nil
}
