import Foundation
import SpectrimFiles
import SpectrimTestSupport
import Testing

/// One file per defect, one error each.
@Suite(.enabled(if: Python.isAvailable)) struct BadFileTests {
  struct Defect: CustomTestStringConvertible {
    let name: String
    let message: String
    /// Whether `verify` can open it, and then finds something wrong.
    var testDescription: String { name }
  }

  static let defects = [
    Defect(name: "foreign", message: "?"),
    Defect(name: "version", message: "?"),
    Defect(name: "missing", message: "?"),
    Defect(name: "shape", message: "?"),
    Defect(name: "sides", message: "?"),
    Defect(name: "ranks", message: "?"),
    Defect(name: "nan", message: "?"),
    Defect(name: "representation", message: "?"),
    Defect(name: "activation", message: "?"),
    Defect(name: "type", message: "?"),
    Defect(name: "link", message: "?"),
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
