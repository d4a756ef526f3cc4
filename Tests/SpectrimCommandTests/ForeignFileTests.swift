import Foundation
import SpectrimTestSupport
import Testing

/// The whole way of foreign files through the command.
@Suite struct ForeignFileTests {
  static let fixtures = Places.repository.appending(path: "Tests/SpectrimInterchangeTests/Fixtures")
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func run(_ arguments: String...) throws -> Subprocess.Outcome {
    try SpectrimBinary.run(arguments, directory: folder.url)
  }

  private func fixture(_ name: String) -> String { Self.fixtures.appending(path: name).path }

  @Test(arguments: ["Keras/cnn.keras", "Keras/mlp.h5", "ONNX/cnn.onnx", "ONNX/mlp_relu.onnx"])
  func aForeignModelIsConvertedAndGoesBack(name: String) throws {
    #expect(try run("convert", fixture(name), "-o", "small.h5", "--rank", "fixed=3").exitCode == 0)
    #expect(try run("verify", "small.h5").exitCode == 0)
    for output in ["out.safetensors", "out.npz", "out.keras", "out.weights.h5", "out.onnx"] {
      let outcome = try run("export", "small.h5", "-o", output, "--json")
      #expect(outcome.exitCode == 0, "\(output): \(outcome.standardError)")
      #expect(try JSONSchema.complaints([outcome.standardOutput], "export") == "")
      #expect(try run("inspect", output).exitCode == 0, "\(output)")
    }
  }

  @Test(arguments: ["ONNX/branching.onnx", "Keras/branched.keras", "Archives/mlp.safetensors"])
  func whatCannotBeRunIsStillConverted(name: String) throws {
    #expect(try run("convert", fixture(name), "-o", "small.h5").exitCode == 0)
    #expect(try run("verify", "small.h5").exitCode == 0)
    let inspection = try run("inspect", "small.h5", "--json")
    #expect(inspection.standardOutput.contains("\"graph\" : \"none\""))
    #expect(try JSONSchema.complaints([inspection.standardOutput], "inspect") == "")
    #expect(try run("expand", "small.h5", "-o", "dense.h5").exitCode == 0)
    #expect(try run("export", "dense.h5", "-o", "dense.safetensors").exitCode == 0)
    let evaluation = try run("evaluate", "small.h5", "--data", folder.url.path)
    #expect(evaluation.exitCode == 65 || evaluation.exitCode == 66)
    let prediction = try run("predict", "small.h5", "nothing.npy")
    #expect(prediction.exitCode == 65)
    #expect(prediction.standardError.contains("cannot be run, because"))
  }

  @Test func aFolderOfShardsIsOneModel() throws {
    let shards = fixture("Archives/shards")
    #expect(try run("convert", shards, "-o", "a.h5").exitCode == 0)
    let words = ["--arch", "mlp:relu"]
    let outcome = try SpectrimBinary.run(["inspect", shards] + words, directory: folder.url)
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    #expect(outcome.standardOutput.contains("safetensors"))
  }

  @Test func weightsAloneRunWithTheirActivations() throws {
    let source = fixture("Archives/mlp.pt")
    #expect(try run("inspect", source).standardOutput.contains("pass --arch"))
    let words = ["convert", source, "--arch", "mlp:relu", "-o", "run.h5", "--rank", "full"]
    #expect(try SpectrimBinary.run(words, directory: folder.url).exitCode == 0)
    #expect(try run("inspect", "run.h5").standardOutput.contains("relu"))
    let wrong = try run("inspect", source, "--arch", "mlp:wobble")
    #expect(wrong.exitCode == 64)
  }
}
