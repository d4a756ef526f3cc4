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
    Case(
      "trim", 64,
      "`trim` is no subcommand; expected one of convert, inspect, evaluate, predict, verify, "
        + "expand, export, train, finetune"),
    Case("inspect", 64, "Missing expected argument '<file>'"),
    Case("inspect @/model.h5 --bogus", 64, "Unknown option '--bogus'"),
    Case("inspect @/model.h5 --seed 3", 64, "--seed has no effect without --control; pass both"),
    Case(
      "inspect @/model.h5 --html @/model.h5 --force", 74,
      "@/model.h5: is the input @/model.h5; write to another file"),
    Case(
      "inspect @/model.h5 --html @/text", 74, "@/text: exists already; pass --force to replace it"),
    Case("inspect @/none.h5", 66, "@/none.h5: cannot be opened (no such file or directory)"),
    Case(
      "inspect @/data", 66, "@/data: is a folder without files of safetensors; name a model's file"),
    Case(
      "evaluate @/model.h5", 64,
      "no data: pass --data FOLDER or set SPECTRIM_MNIST to a folder with the four MNIST files"),
    Case(
      "evaluate @/model.h5 --data @/none", 66,
      "@/none: no such file; expected a folder with the four MNIST files such as "
        + "t10k-images-idx3-ubyte.gz"),
    Case(
      "evaluate @/model.h5 --data @/empty", 66,
      "@/empty/t10k-images-idx3-ubyte.gz: no such file; put it or the unpacked "
        + "t10k-images-idx3-ubyte there, or name another folder"),
    Case(
      "evaluate @/model.h5 --data @/data --split dev", 64,
      "The value 'dev' is invalid for '--split <split>'. Please provide one of 'train' and 'test'."),
    Case(
      "evaluate @/model.h5 --data @/data --against @/none.h5", 66,
      "@/none.h5: cannot be opened (no such file or directory)"),
    Case("predict @/model.h5", 64, "Missing expected argument '<input> ...'"),
    Case(
      "predict @/model.h5 word", 64,
      "word: is no input; expected a .npy, .png or .pgm file or FOLDER:INDEX"),
    Case("predict @/model.h5 @/none.png", 66, "@/none.png: no such file; check the path"),
    Case(
      "predict @/model.h5 @/text.png", 65,
      "@/text.png: found neither a PNG nor a PGM signature; expected a PNG or PGM image"),
    Case("predict @/model.h5 @/none.npy", 66, "@/none.npy: no such file; check the path"),
    Case(
      "predict @/model.h5 @/none:0", 66,
      "@/none: no such file; expected a folder with the four MNIST files such as "
        + "t10k-images-idx3-ubyte.gz"),
    Case(
      "predict @/model.h5 @/data:11", 64,
      "@/data:11: there are 11 images; expected an index below that"),
    Case("predict @/model.h5 @/data:0 --top 0", 64, "--top 0: expected at least 1"),
    Case(
      "predict @/model.h5 @/wide.pgm", 65,
      "@/wide.pgm: found an image of 1×5 pixels; the model takes 12 numbers"),
    Case("expand @/model.h5", 64, "Missing expected argument '--output <output>'"),
    Case(
      "expand @/model.h5 -o @/model.h5 --force", 74,
      "@/model.h5: is the input @/model.h5; write to another file"),
    Case("expand @/model.h5 -o @/text", 74, "@/text: exists already; pass --force to replace it"),
    Case("expand @/model.h5 -o @/data --force", 74, "@/data: is a folder; name a file"),
    Case(
      "expand @/model.h5 -o @/none/out.h5", 74,
      "@/none/out.h5: cannot be written: No such file or directory"),
    Case(
      "expand @/model.h5 -o @/text/out.h5", 74, "@/text/out.h5: cannot be written: Not a directory"),
    Case(
      "expand @/model.h5 -o @/out.h5 --level 40", 64,
      "--level 40: expected 1 to 22 with a codec that compresses"),
    Case(
      "finetune @/model.h5 --data @/data -o @/out.h5", 64,
      "nothing to learn from: pass --teacher MODEL, the model that the file was made from"),
    Case(
      "finetune @/model.h5 --teacher @/model.h5 -o @/out.h5", 64,
      "no data: pass --data FOLDER or set SPECTRIM_MNIST to a folder with the four MNIST files"),
    Case(
      "finetune @/model.h5 --teacher @/none.h5 --data @/data -o @/out.h5", 66,
      "@/none.h5: cannot be opened (no such file or directory)"),
    Case(
      "finetune @/model.h5 --teacher @/model.h5 --data @/none -o @/out.h5", 66,
      "@/none: no such file; expected a folder with the four MNIST files such as "
        + "train-images-idx3-ubyte.gz"),
    Case(
      "finetune @/model.h5 --teacher @/model.h5 --data @/data -o @/text", 74,
      "@/text: exists already; pass --force to replace it"),
    Case(
      "finetune @/model.h5 --teacher @/text --data @/data -o @/model.h5 --force", 74,
      "@/model.h5: is the input @/model.h5; write to another file"),
    Case(
      "finetune @/model.h5 --teacher @/model.h5 --data @/data --hold-out 11 -o @/out.h5", 64,
      "--hold-out 11: the training set has 11 images; expected fewer"),
    Case(
      "expand @/none.h5 -o @/out.h5", 66, "@/none.h5: cannot be opened (no such file or directory)"),
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

  @Test func aFileOfNoKnownKindIsBadData() throws {
    let folder = try Self.folder()
    let outcome = try SpectrimProgram.run(["inspect", folder.path("text")])
    #expect(outcome.exitCode == 65)
    #expect(
      outcome.standardError.hasPrefix(
        "error: \(folder.path("text")): is no kind of file that is known; expected a model of "))
  }

  @Test func markdownAndJSONExcludeEachOther() throws {
    let outcome = try SpectrimProgram.run(["inspect", "model.h5", "--json", "--markdown"])
    #expect(outcome.exitCode == 64)
    let sentence = "--json and --markdown exclude each other; pass one of them"
    #expect(outcome.standardError == "error: \(sentence)\n")
    #expect(outcome.standardOutput.contains(sentence))
  }

  @Test(.enabled(if: getuid() != 0, "permission bits do not bind the superuser"))
  func aReadOnlyFolderCannotBeWrittenTo() throws {
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
    var documents: [String] = []
    for sample in Self.cases {
      let outcome = try SpectrimProgram.run(sample.arguments(in: folder) + ["--json"])
      #expect(outcome.exitCode == sample.code)
      documents.append(outcome.standardOutput)
      let error = try SpectrimProgram.document(outcome)["error"] as? [String: Any]
      #expect(error?["code"] as? Int == Int(sample.code))
      #expect((error?["message"] as? String).map { "error: \($0)\n" } == outcome.standardError)
    }
    #expect(try JSONSchema.complaints(documents, "error") == "")
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
