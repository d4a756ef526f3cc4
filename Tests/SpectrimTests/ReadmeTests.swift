import Foundation
import Spectrim
import SpectrimData
import SpectrimTestSupport
import Testing

private let samples = Places.repository.appending(path: "SampleModels")

/// The lines between two marks of the example file, as the README shows them.
private func example(after mark: String) throws -> String {
  let file = Places.repository.appending(path: "Tests/SpectrimTests/ReadmeExample.swift")
  let lines = try String(contentsOf: file, encoding: .utf8).split(
    separator: "\n", omittingEmptySubsequences: false)
  let start = try #require(lines.firstIndex { $0.hasSuffix("// \(mark)") })
  let end = try #require(lines[start...].firstIndex { $0.hasSuffix("// end") })
  return lines[start + 1..<end].map { $0.dropFirst(2) }.joined(separator: "\n")
}

@Test(arguments: ["example", "conversion"])
func theReadmeShowsWhatIsCompiledHere(mark: String) throws {
  let readme = try String(
    contentsOf: Places.repository.appending(path: "README.md"), encoding: .utf8)
  #expect(readme.contains(try example(after: mark)))
}

@Test(.needsMNIST) func theExampleReadsDigits() throws {
  let folder = IDXFolder(try #require(Places.mnist).path)
  let images = try folder.load(.test).subset(0..<100)
  let path = samples.appending(path: "mnist-mlp-int8-low-rank.h5").path
  let digits = try readmeExample(path: path, pixels: images.pixels)
  let correct = zip(digits, images.labels).count { $0 == Int($1) }
  #expect(correct >= 95)
}

@Test func theConversionMakesASmallFile() throws {
  let folder = try TemporaryDirectory()
  let byteCount = try readmeConversion(
    from: samples.appending(path: "mnist-mlp.h5").path, to: folder.path("small.h5"))
  #expect(byteCount < 60_000)
}
