import Foundation
import SpectrimCore
import SpectrimFiles
import SpectrimFormat
import SpectrimTestSupport
import Testing

private func script(_ name: String) throws -> String {
  let place = Places.repository.appending(path: "Tests/SpectrimFilesTests/\(name).py")
  return try String(contentsOf: place, encoding: .utf8)
}

/// The canonical content as lines of text, with the bytes of tensors in hexadecimal digits.
private func lines(of model: Model) -> [String] {
  var lines: [String] = []
  let nodes = [model.headerNode] + model.steps.enumerated().map { $1.formatNode(index: $0) }
  for node in nodes {
    CanonicalContent.write(node) { bytes in
      if bytes.last == UInt8(ascii: "\n"), bytes.first == UInt8(ascii: "/") {
        lines.append(String(decoding: bytes.dropLast(), as: UTF8.self))
      } else {
        lines[lines.count - 1] += " " + bytes.map { hexadecimal($0) }.joined()
      }
    }
  }
  return lines
}

private func hexadecimal(_ byte: UInt8) -> String {
  let digits = String(byte, radix: 16)
  return digits.count == 1 ? "0" + digits : digits
}

@Test(
  .needsPython,
  arguments: StorageSettings.Codec.allCases, StorageSettings.Form.allCases)
func h5pyReadsEveryValueThatWasWritten(
  codec: StorageSettings.Codec, form: StorageSettings.Form
) throws {
  try h5pyReads(try SampleLayers.model(width: 24), codec, form)
}

@Test(.needsPython, arguments: StorageSettings.Form.allCases)
func h5pyReadsEveryStepThatWasWritten(form: StorageSettings.Form) throws {
  try h5pyReads(try SampleLayers.convolutions(), .zstd, form)
}

private func h5pyReads(
  _ source: Model, _ codec: StorageSettings.Codec, _ form: StorageSettings.Form
) throws {
  let folder = try TemporaryDirectory()
  let path = folder.path("model.h5")
  let model = try source.replacing(
    layers: source.layers,
    record: ConversionRecord(tool: "spectrim test", source: .init(format: "test")))
  try ModelFile.write(model, to: path, storage: StorageSettings(codec: codec, form: form))
  let digest = try #require(try ModelFile.read(at: path).model.record?.digests?.content)
  let printed = try Python.run(Python.zstdFilter + (try script("read_model")), [path])
  #expect(
    printed.split(separator: "\n").map(String.init) == lines(of: model) + ["digest \(digest)"])
}

@Test(.needsPython, arguments: StorageSettings.Form.allCases)
func h5dumpShowsTheStructure(form: StorageSettings.Form) throws {
  let folder = try TemporaryDirectory()
  let path = folder.path("model.h5")
  try ModelFile.write(try SampleLayers.model(), to: path, storage: StorageSettings(form: form))
  let outcome = try Subprocess.run("/usr/bin/h5dump", ["-H", path])
  #expect(outcome.exitCode == 0)
  #expect(
    outcome.standardOutput.contains("spectrim-model")
      || outcome.standardOutput.contains("ATTRIBUTE \"format\""))
  #expect(outcome.standardOutput.contains(form == .tree ? "GROUP \"layers\"" : "GROUP \"pool\""))
}

@Test(
  .needsPython,
  arguments: ["contiguous", "gzip", "bigendian"])
func aFileWrittenByH5pyLoads(layout: String) throws {
  let folder = try TemporaryDirectory()
  let path = folder.path("foreign.h5")
  let printed = try Python.run(try script("write_model"), [path, layout])
  let model = try ModelFile.read(at: path).model
  let batch = Matrix<Float>(Shape(1, 6), (0..<6).map { Float($0) })
  let scores = model.scores(for: batch).elements
  let expected = printed.split(whereSeparator: \.isWhitespace).compactMap { Float($0) }
  #expect(expected.count == 4)
  for (found, wanted) in zip(scores, expected) {
    // Two roundings to Float, in the factor product and in the sum, of numbers below 32.
    #expect(abs(found - wanted) <= 32 * Float.ulpOfOne * 4)
  }
}
