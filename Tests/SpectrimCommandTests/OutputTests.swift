import Foundation
import SpectrimTestSupport
import Testing

/// Outputs that are not what they should be; all of them lie in a folder of the test's own.
@Suite struct OutputTests {
  @Test func aPipeIsNotReplacedByAFile() throws {
    let folder = try SampleFolder()
    let pipe = folder.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let outcome = try SpectrimProgram.run([
      "expand", folder.path("model.h5"), "-o", pipe, "--force",
    ])
    #expect(outcome.exitCode == 74)
    #expect(outcome.standardError == "error: \(pipe): is a device or pipe; name a file\n")
    let type = try FileManager.default.attributesOfItem(atPath: pipe)[.type] as? FileAttributeType
    #expect(type == .typeUnknown)
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["inspect", "verify", "expand", "export"])
  func aPipeIsNoInput(command: String) throws {
    let folder = try SampleFolder()
    let pipe = folder.path("input")
    #expect(mkfifo(pipe, 0o600) == 0)
    let output = ["expand", "export"].contains(command) ? ["-o", folder.path("out.npz")] : []
    let outcome = try SpectrimProgram.run([command, pipe] + output)
    #expect(outcome.exitCode == 66)
    #expect((outcome.standardError + outcome.standardOutput).contains("is a pipe; expected a file"))
  }

  @Test func theModelAndThePlanAreTwoFiles() throws {
    let folder = try SampleFolder()
    let outcome = try SpectrimProgram.run(
      ["convert", "model.h5", "-o", "out.h5", "--save-plan", "./out.h5", "--force"],
      directory: folder.url)
    #expect(outcome.exitCode == 74)
    #expect(
      outcome.standardError
        == "error: ./out.h5: is to be the model; save the plan to another file\n")
    #expect(!FileManager.default.fileExists(atPath: folder.path("out.h5")))
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func aResultThatCannotBePrintedIsAFailure() throws {
    let folder = try SampleFolder()
    // The shell opens the device to write to it; it is never named as an output of ours.
    let outcome = try Subprocess.run(
      "/bin/sh",
      ["-c", "\"$0\" inspect \"$1\" > /dev/full", SpectrimProgram.path, folder.path("model.h5")])
    #expect(outcome.exitCode == 74)
    #expect(outcome.standardError.contains("standard output cannot be written: No space left"))
  }

  @Test(arguments: ["zstd", "gzip", "none"])
  func aFileBeyondTheLimitOfTheShellLeavesNothing(codec: String) throws {
    let folder = try SampleFolder()
    let script = "ulimit -f 1; \"$0\" expand \"$1\" -o big.h5 --form tree --codec \(codec)"
    let outcome = try Subprocess.run(
      "/bin/sh", ["-c", script, SpectrimProgram.path, folder.path("model.h5")],
      directory: folder.url.appending(path: "data"))
    #expect(outcome.exitCode == 74)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("data"))
    #expect(!names.contains { $0.hasPrefix("big.h5") })
  }
}
