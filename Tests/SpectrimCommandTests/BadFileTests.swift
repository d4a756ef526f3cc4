import Foundation
import SpectrimFiles
import SpectrimTestSupport
import Testing

/// One file per defect, one error each.
@Suite(.enabled(if: Python.isAvailable)) struct BadFileTests {
  struct Defect: CustomTestStringConvertible {
    let name: String
    let message: String
    var testDescription: String { name }
  }

  static let defects = [
    Defect(
      name: "foreign",
      message: "`/`: no attribute `format` = `spectrim-model`; not a Spectrim model"),
    Defect(
      name: "version",
      message:
        "`/format_version`: format version 9.0 is unknown, expected 1.x; use a newer spectrim"),
    Defect(name: "missing", message: "`/layers/fc/weight`: `V` is missing; the file is incomplete"),
    Defect(name: "shape", message: "`/`: layer `fc` takes 3 inputs, but gets 6"),
    Defect(name: "sides", message: "`/layers/fc/weight/V`: shape [12], expected two sides"),
    Defect(
      name: "ranks",
      message: "`/layers/fc/weight`: rank 2 of U differs from rank 3 of V; re-convert the model"),
    Defect(
      name: "nan",
      message:
        "`/layers/fc/weight/U`: element 3 is not finite; pass --allow-non-finite to read it all the same"
    ),
    Defect(
      name: "representation",
      message:
        "`/layers/fc/weight/representation`: `tucker` is unknown, expected one of dense, factorized, chain, lora, quantized, quantized_low_rank"
    ),
    Defect(
      name: "activation",
      message:
        "`/layers/fc/activation`: `maxout` is unknown, expected one of none, relu, leaky_relu, gelu, gelu_tanh, swish, sigmoid, tanh, softmax"
    ),
    Defect(
      name: "type", message: "`/layers/fc/weight/U`: type int16, expected int8, f16, bf16, f32"),
    Defect(
      name: "link",
      message:
        "`/layers/fc/bias`: type an external link to `/secret` in other.h5, expected a group or a dataset"
    ),
  ]

  @Test(arguments: defects)
  func aDefectIsOneLineWithItsPlace(defect: Defect) throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("a model.h5")
    try Self.write(defect.name, to: path)
    let read = try SpectrimProgram.run(["inspect", path])
    #expect(read.exitCode == 65)
    #expect(read.standardOutput == "")
    #expect(read.standardError == "error: \(path): \(defect.message)\n")
    let verified = try SpectrimProgram.run(["verify", path])
    #expect(verified.exitCode == 1)
    #expect(verified.standardOutput.contains("failed"))
  }

  @Test func theModelWithoutDefectIsSound() throws {
    let folder = try TemporaryDirectory()
    try Self.write("none", to: folder.path("m.h5"))
    #expect(try SpectrimProgram.run(["inspect", folder.path("m.h5")]).exitCode == 0)
    #expect(try SpectrimProgram.run(["verify", folder.path("m.h5")]).exitCode == 0)
  }

  @Test func nonFiniteWeightsAreReadOnRequestAndHaveNoSpectrum() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("m.h5")
    try Self.write("nan", to: path)
    let outcome = try SpectrimProgram.run(["inspect", path, "--json", "--allow-non-finite"])
    #expect(outcome.exitCode == 0)
    #expect(outcome.standardError.hasPrefix("warning: \(path): layer `fc` has no spectrum: row 1"))
    let layers = try SpectrimProgram.document(outcome)["layers"] as? [[String: Any]]
    #expect(layers?.first?["spectrum"] is NSNull)
    #expect(try SpectrimProgram.run(["verify", path]).exitCode == 1)
    #expect(try SpectrimProgram.run(["verify", path, "--allow-non-finite"]).exitCode == 0)
  }

  @Test func aCutFileIsBadDataAndCannotBeOpened() throws {
    let folder = try SampleFolder()
    let path = folder.path("cut.h5")
    let whole = try Data(contentsOf: URL(filePath: folder.path("model.h5")))
    try whole.prefix(whole.count / 2).write(to: URL(filePath: path))
    let outcome = try SpectrimProgram.run(["inspect", path])
    #expect(outcome.exitCode == 65)
    #expect(outcome.standardError.hasPrefix("error: \(path): is damaged or cut off"))
    #expect(try SpectrimProgram.run(["verify", path]).exitCode == 66)
  }

  @Test func aChangedByteIsFoundWhereverItIs() throws {
    let folder = try SampleFolder()
    let path = folder.path("changed.h5")
    let whole = try Data(contentsOf: URL(filePath: folder.path("model.h5")))
    for position in stride(from: 0, to: whole.count, by: whole.count / 40) {
      var bytes = whole
      bytes[position] ^= 0x10
      try bytes.write(to: URL(filePath: path))
      let code = try SpectrimProgram.run(["verify", path]).exitCode
      #expect([1, 66].contains(code), "byte \(position) of \(whole.count)")
    }
  }

  @Test func aChangedValueBehindValidChecksumsIsFoundByTheDigest() throws {
    let folder = try SampleFolder()
    let path = folder.path("edited.h5")
    #expect(
      try SpectrimProgram.run([
        "expand", folder.path("model.h5"), "-o", path, "--codec", "none", "--form", "tree",
      ]).exitCode == 0)
    try Python.run(
      """
      import h5py, sys
      with h5py.File(sys.argv[1], 'r+') as file:
          names = []
          file.visit(lambda name: names.append(name) if name.endswith('weight/W') else None)
          file[names[0]][0, 0] += 1
      """, [path])
    let outcome = try SpectrimProgram.run(["verify", path, "--json"])
    #expect(outcome.exitCode == 1)
    let files = try SpectrimProgram.document(outcome)["files"] as? [[String: Any]]
    let checks = try #require(files?.first?["checks"] as? [[String: Any]])
    let failed = checks.filter { $0["ok"] as? Bool == false }.compactMap { $0["name"] as? String }
    #expect(failed == ["digest"])
  }

  /// Writes a model with a defect.
  static func write(_ defect: String, to path: String) throws {
    let script = Places.repository.appending(path: "Tests/SpectrimCommandTests/write_model.py")
    try Python.run(String(contentsOf: script, encoding: .utf8), [path, defect])
  }
}
