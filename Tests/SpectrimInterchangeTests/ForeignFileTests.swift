import Foundation
import SpectrimCore
import SpectrimInterchange
import SpectrimTestSupport
import Testing

/// Paths that lead to something else than a file of its own.
@Suite struct ForeignFileTests {
  typealias Reading = @Sendable (String, ImportOptions) throws -> ImportedModel

  static let readings: [(name: String, read: Reading)] = [
    ("any", { try ForeignFile.read(at: $0, options: $1) }),
    ("Keras", { try KerasFile.read(at: $0, options: $1) }),
    ("safetensors", { try SafetensorsFile.read(at: $0, options: $1) }),
    ("numpy", { try NPZFile.read(at: $0, options: $1) }),
    ("PyTorch", { try PyTorchFile.read(at: $0, options: $1) }),
    ("ONNX", { try ONNXFile.read(at: $0, options: $1) }),
  ]

  @Test(.timeLimit(.minutes(1)), arguments: readings.indices)
  func aPipeIsRefusedWithoutWaitingForAWriter(index: Int) throws {
    let folder = try TemporaryDirectory()
    let pipe = folder.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let error = #expect(throws: InterchangeError.self) {
      _ = try Self.readings[index].read(pipe, ImportOptions())
    }
    #expect(error?.code == .cannotRead)
    #expect(error?.message == "not a file; expected one with tensors")
  }

  /// Caches of downloaded models are folders of links.
  @Test(arguments: [
    "Archives/cnn.safetensors", "Archives/cnn.pt", "Archives/named.npz", "ONNX/cnn.onnx",
    "Keras/cnn.keras", "Keras/cnn.h5",
  ])
  func aLinkIsReadAsTheFileItLeadsTo(file: String) throws {
    let folder = try TemporaryDirectory()
    let link = folder.path("link")
    let target = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/\(file)").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
    _ = try ForeignFile.read(at: link)
  }
}
