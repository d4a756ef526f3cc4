import Foundation
import SpectrimCore
import SpectrimFiles
import SpectrimTestSupport
import Testing

@Suite struct PlanTests {
  private let folder: TemporaryDirectory
  /// Two layers with a spectrum to cut.
  private let input: String

  init() throws {
    folder = try TemporaryDirectory()
    input = folder.path("a model.h5")
    try SampleNetwork.write(to: input)
  }

  private func convert(_ arguments: [String]) throws -> Subprocess.Outcome {
    try SpectrimBinary.run(["convert", input] + arguments)
  }

  @Test(arguments: [
    ["--rank", "mp", "--quantize", "8"], ["--rank", "fixed=7", "--quantize", "none"],
    ["--stages", "9,5", "--codec", "gzip", "--form", "tree"],
    ["--layer", "first=>rank:energy=0.9,quantize:5", "--initializer", "glorot"], [],
    ["--rank", "fixed=7", "--quantize", "5", "--prune", "magnitude=0.3"],
    ["--prune", "neurons=0.2", "--layer", "second=>prune:columns=0.1"],
  ])
  func aReplayedPlanGivesTheSameBytes(arguments: [String]) throws {
    let plan = folder.path("plan.json")
    let made = try convert(["-o", folder.path("made.h5"), "--save-plan", plan] + arguments)
    #expect(made.exitCode == 0, "\(made.standardError)")
    let replayed = try convert(["-o", folder.path("replayed.h5"), "--plan", plan])
    #expect(replayed.exitCode == 0, "\(replayed.standardError)")
    let files = try ["made.h5", "replayed.h5"].map {
      try Data(contentsOf: folder.url.appending(path: $0))
    }
    #expect(files[0] == files[1])
  }

  @Test func aDryRunTellsTheBytesAndWritesNothing() throws {
    let dry: ConvertDocument = try SpectrimBinary.json(
      ["convert", input, "-o", folder.path("small.h5"), "--rank", "fixed=6", "--dry-run"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["a model.h5"])
    let real: ConvertDocument = try SpectrimBinary.json(
      ["convert", input, "-o", folder.path("small.h5"), "--rank", "fixed=6"])
    #expect(dry.dryRun && !real.dryRun)
    #expect(dry.bytes == real.bytes)
    #expect(real.bytes == (try Data(contentsOf: folder.url.appending(path: "small.h5"))).count)
  }

  @Test func nothingInAFileTellsWhereOrWhenUnlessStamped() throws {
    for (name, stamp) in [("plain.h5", []), ("stamped.h5", ["--stamp"])] {
      #expect(try convert(["-o", folder.path(name)] + stamp).exitCode == 0)
    }
    #expect(try ModelFile.read(at: folder.path("plain.h5")).model.record?.stamp == nil)
    let stamp = try ModelFile.read(at: folder.path("stamped.h5")).model.record?.stamp
    #expect(stamp?.contains("--stamp") == true)
    #expect(stamp?.contains(ProcessInfo.processInfo.hostName) == true)
  }

  @Test func theNormalizationIsStored() throws {
    let words = "scale=1/255,mean=0.1307,std=0.3081"
    #expect(try convert(["-o", folder.path("n.h5"), "--normalize", words]).exitCode == 0)
    let input = try ModelFile.read(at: folder.path("n.h5")).model.input
    #expect(
      try input.normalization == Normalization(scale: 1.0 / 255, mean: 0.1307, deviation: 0.3081))
  }

  @Test func theDigestOfTheSourceIsStored() throws {
    #expect(try convert(["-o", folder.path("small.h5")]).exitCode == 0)
    let record = try ModelFile.read(at: folder.path("small.h5")).model.record
    #expect(record?.source.sha256 == (try FileDigest.sha256(ofFileAt: input)))
  }

  @Test func theControlIsToldOnlyWhenAsked() throws {
    let (plain, control) = (
      try convert(["--dry-run", "--rank", "mp"]),
      try convert(["--dry-run", "--rank", "mp", "--control", "--seed", "3"])
    )
    #expect(!plain.standardOutput.contains("shuffled"))
    #expect(control.standardOutput.contains("shuffled s₁"))
  }
}
