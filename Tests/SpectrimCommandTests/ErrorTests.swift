import Foundation
import SpectrimTestSupport
import Testing

@Suite struct ErrorTests {
  /// Words with `@` for the folder of the samples, and what becomes of them.
  struct Case: CustomTestStringConvertible {
    let words: String
    let code: Int32
    let message: String
    init(_ words: String, _ code: Int32, _ message: String) {
      (self.words, self.code, self.message) = (words, code, message)
    }
    var testDescription: String { words }

    func arguments(in folder: SampleFolder) -> [String] {
      words.split(separator: " ").map { String($0).replacing("@", with: folder.url.path) }
    }
  }

  static let cases = [
    Case("trim", 64, "?"),
    Case("inspect", 64, "?"),
    Case("inspect @/model.h5 --bogus", 64, "?"),
    Case("inspect @/model.h5 --json --markdown", 64, "?"),
    Case("inspect @/model.h5 --seed 3", 64, "?"),
    Case("inspect @/model.h5 --html @/model.h5 --force", 74, "?"),
    Case("inspect @/model.h5 --html @/text", 74, "?"),
    Case("inspect @/none.h5", 66, "?"),
    Case("inspect @/data", 66, "?"),
    Case("inspect @/text", 65, "?"),
    Case("evaluate @/model.h5", 64, "?"),
    Case("evaluate @/model.h5 --data @/none", 66, "?"),
    Case("evaluate @/model.h5 --data @/empty", 66, "?"),
    Case("evaluate @/model.h5 --data @/data --split dev", 64, "?"),
    Case("evaluate @/model.h5 --data @/data --against @/none.h5", 66, "?"),
    Case("predict @/model.h5", 64, "?"),
    Case("predict @/model.h5 word", 64, "?"),
    Case("predict @/model.h5 @/none.png", 66, "?"),
    Case("predict @/model.h5 @/text.png", 65, "?"),
    Case("predict @/model.h5 @/none.npy", 66, "?"),
    Case("predict @/model.h5 @/none:0", 66, "?"),
    Case("predict @/model.h5 @/data:11", 64, "?"),
    Case("predict @/model.h5 @/data:0 --top 0", 64, "?"),
    Case("predict @/model.h5 @/wide.pgm", 65, "?"),
    Case("expand @/model.h5", 64, "?"),
    Case("expand @/model.h5 -o @/model.h5 --force", 74, "?"),
    Case("expand @/model.h5 -o @/text", 74, "?"),
    Case("expand @/model.h5 -o @/data --force", 74, "?"),
    Case("expand @/model.h5 -o @/none/out.h5", 74, "?"),
    Case("expand @/model.h5 -o @/text/out.h5", 74, "?"),
    Case("expand @/model.h5 -o @/out.h5 --level 40", 64, "?"),
    Case("expand @/none.h5 -o @/out.h5", 66, "?"),
  ]

  @Test(arguments: cases)
  func anErrorIsOneLineAndACode(sample: Case) throws {
    let folder = try Self.folder()
    let before = try Self.content(folder)
    let outcome = try SpectrimProgram.run(sample.arguments(in: folder))
    #expect(outcome.exitCode == sample.code)
    #expect(outcome.standardOutput == "")
    let line = outcome.standardError.replacing(folder.url.path, with: "@")
    #expect(line == "error: \(sample.message)\n")
    #expect(try Self.content(folder) == before, "nothing is written and nothing is lost")
  }

  @Test func aReadOnlyFolderCannotBeWrittenTo() throws {
    // Permission bits do not bind the superuser.
    guard getuid() != 0 else { return }
    let folder = try Self.folder()
    let place = folder.path("locked")
    try FileManager.default.createDirectory(
      atPath: place, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o555])
    let outcome = try SpectrimProgram.run(
      ["expand", folder.path("model.h5"), "-o", place + "/out.h5"])
    #expect(outcome.exitCode == 74)
  }

  @Test func aLinkToTheInputIsTheInput() throws {
    let folder = try SampleFolder()
    let link = folder.path("link.h5")
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: folder.path("model.h5"))
    let outcome = try SpectrimProgram.run(
      ["expand", folder.path("model.h5"), "-o", link, "--force"])
    #expect(outcome.exitCode == 74)
  }

  @Test(.enabled(if: JSONSchema.isAvailable))
  func withJSONAnErrorIsADocumentAndTheSameSentence() throws {
    let folder = try Self.folder()
    for sample in Self.cases where !sample.words.contains("--json") {
      let outcome = try SpectrimProgram.run(sample.arguments(in: folder) + ["--json"])
      #expect(outcome.exitCode == sample.code)
      #expect(try JSONSchema.complaints(outcome.standardOutput, "error") == "", "\(sample.words)")
      let error = try SpectrimProgram.document(outcome)["error"] as? [String: Any]
      #expect(error?["code"] as? Int == Int(sample.code))
      #expect((error?["message"] as? String).map { "error: \($0)\n" } == outcome.standardError)
    }
  }

  /// The samples with files that are of no use.
  static func folder() throws -> SampleFolder {
    let folder = try SampleFolder()
    for name in ["text", "text.png"] {
      try Data("no model\n".utf8).write(to: URL(filePath: folder.path(name)))
    }
    try Data("P2 5 1 255 1 2 3 4 5\n".utf8).write(to: URL(filePath: folder.path("wide.pgm")))
    try FileManager.default.createDirectory(
      atPath: folder.path("empty"), withIntermediateDirectories: false)
    return folder
  }

  private static func content(_ folder: SampleFolder) throws -> [String: Data] {
    var content: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.url.path) {
      content[name] = FileManager.default.contents(atPath: folder.path(name)) ?? Data()
    }
    return content
  }
}
