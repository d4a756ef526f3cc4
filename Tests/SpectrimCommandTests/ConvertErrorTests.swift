import Foundation
import SpectrimCore
import SpectrimFiles
import SpectrimHDF5
import SpectrimTestSupport
import Testing

/// Wrong words and unusable files: one line, the right code, and nothing lost.
@Suite struct ConvertErrorTests {
  private let folder: TemporaryDirectory

  init() throws {
    folder = try TemporaryDirectory()
    try SampleNetwork.write(to: folder.path("in.h5"))
    try Data("old".utf8).write(to: folder.url.appending(path: "old.h5"))
    try Data("no HDF5".utf8).write(to: folder.url.appending(path: "text.h5"))
    try HDF5File.create(at: folder.path("other.h5")).close()
    try Data("{}".utf8).write(to: folder.url.appending(path: "bad.json"))
    try FileManager.default.createSymbolicLink(
      at: folder.url.appending(path: "link.h5"),
      withDestinationURL: folder.url.appending(path: "in.h5"))
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "folder"), withIntermediateDirectories: false)
  }

  private static let cases: [(arguments: [String], code: Int32)] = [
    (["in.h5", "-o", "out.h5", "--rank", "fixed=0"], 64),
    (["in.h5", "-o", "out.h5", "--rank", "energie=0.9"], 64),
    (["in.h5", "-o", "out.h5", "--rank", "energy=1.5"], 64),
    (["in.h5", "-o", "out.h5", "--quantize", "9"], 64),
    (["in.h5", "-o", "out.h5", "--layer", "fist=>skip"], 64),
    (["in.h5", "-o", "out.h5", "--layer", "first=>rank:fixed=49"], 64),
    (["in.h5", "-o", "out.h5", "--layer", "first=>rang:mp"], 64),
    (["in.h5", "-o", "out.h5", "--stages", "8,0"], 64),
    (["in.h5", "-o", "out.h5", "--prune", "half"], 64),
    (["in.h5", "-o", "out.h5", "--layer", "first=>prune:magnitude=2"], 64),
    (["in.h5", "-o", "out.h5", "--normalize", "scale=1/0"], 64),
    (["in.h5", "-o", "out.h5", "--normalize", "gain=2"], 64),
    (["in.h5", "-o", "out.h5", "--rank", "mp", "--stages", "8"], 64),
    (["in.h5", "-o", "out.h5", "--plan", "bad.json", "--rank", "mp"], 64),
    (["in.h5", "-o", "out.h5", "--codec", "lzma"], 64),
    (["in.h5", "-o", "out.h5", "--threads", "0"], 64),
    (["in.h5"], 64),
    (["in.h5", "-o", "out.h5", "--plan", "bad.json"], 65),
    (["in.h5", "-o", "out.h5", "--plan", "nowhere.json"], 66),
    (["nowhere.h5", "-o", "out.h5"], 66),
    (["text.h5", "-o", "out.h5"], 65),
    (["other.h5", "-o", "out.h5"], 65),
    (["in.h5", "-o", "out.h5", "--evaluate", "nowhere"], 66),
    (["in.h5", "-o", "old.h5"], 74),
    (["in.h5", "-o", "in.h5", "--force"], 74),
    (["in.h5", "-o", "link.h5", "--force"], 74),
    (["in.h5", "-o", "folder", "--force"], 74),
    (["in.h5", "-o", "nowhere/out.h5"], 74),
    (["in.h5", "-o", "out.h5", "--save-plan", "bad.json"], 74),
  ]

  @Test func everyErrorIsOneLineAndLeavesAllFilesAlone() throws {
    let before = try contents()
    var text = ""
    for (arguments, code) in Self.cases {
      let outcome = try SpectrimBinary.run(["convert"] + arguments, directory: folder.url)
      #expect(outcome.exitCode == code, "\(arguments): \(outcome.standardError)")
      #expect(outcome.standardOutput.isEmpty)
      text += "$ spectrim convert \(arguments.joined(separator: " "))\n\(outcome.standardError)"
    }
    #expect(try contents() == before)
    let golden = SpectrimBinary.golden("convert-errors.txt")
    #expect(try Golden.difference(of: text, from: golden) == nil)
  }

  @Test func withJSONTheErrorIsADocumentToo() throws {
    let outcome = try SpectrimBinary.run(
      ["convert", "in.h5", "-o", "old.h5", "--json"], directory: folder.url)
    #expect(outcome.exitCode == 74)
    #expect(outcome.standardOutput.contains("\"code\" : 74"))
    #expect(outcome.standardError.hasPrefix("error: old.h5: exists already"))
  }

  @Test func forceReplacesAFile() throws {
    let outcome = try SpectrimBinary.run(
      ["convert", "in.h5", "-o", "old.h5", "--force"], directory: folder.url)
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    #expect(try ModelFile.read(at: folder.path("old.h5")).model.layers.count == 2)
  }

  /// Every file with its bytes.
  private func contents() throws -> [String: Data] {
    var contents: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.url.path) {
      contents[name] = (try? Data(contentsOf: folder.url.appending(path: name))) ?? Data()
    }
    return contents
  }
}
