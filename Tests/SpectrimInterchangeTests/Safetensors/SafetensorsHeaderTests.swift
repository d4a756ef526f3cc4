import Foundation
import SpectrimCore
import SpectrimInterchange
import SpectrimTestSupport
import Testing

@Suite struct SafetensorsHeaderTests {
  struct Defect: CustomTestStringConvertible, Sendable {
    let header: String
    var buffer = 8
    let message: String
    var testDescription: String { message }
  }

  private static let entry = #""dtype":"F32","shape":[2],"data_offsets":[0,8]"#

  static let defects: [Defect] = [
    Defect(header: "[]", message: "the header is no JSON object; expected `{`"),
    Defect(
      header: " {}", buffer: 0, message: "the header is no JSON object; expected `{`"),
    Defect(
      header: #"{"a":{\#(entry)},"a":{\#(entry)}}"#,
      message: "key `a` stands twice in one object"),
    Defect(
      header: #"{"a":{\#(entry),"shape":[2]}}"#, message: "key `shape` stands twice in one object"),
    Defect(
      header: #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      message: "4 bytes before tensor `a` belong to none"),
    Defect(
      header: #"{"a":{\#(entry)},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}"#,
      message: "tensor `b` overlaps the one before it"),
    Defect(
      header: #"{"a":{\#(entry)}}"#, buffer: 9,
      message: "1 bytes behind the last tensor; expected the end"),
    Defect(
      header: #"{"a":{\#(entry)}}"#, buffer: 7,
      message: "tensor `a` has offsets [0, 8] outside the file"),
    Defect(
      header: #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#,
      message: "tensor `a` has 8 bytes; expected 12 for F32 [3]"),
    Defect(
      header: #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#,
      message: "tensor `a` has shape [4294967296, 4294967296], which cannot be counted"),
    Defect(
      header: #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
      message: "tensor `a` has shape [-2], which cannot be counted"),
    Defect(
      header: #"{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}"#,
      message: "tensor `a` has dtype F8_E4M3, which is not read; save it as F32, F16 or BF16"),
    Defect(
      header: #"{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}"#,
      message: "tensor `a` has dtype C64, which is not read; save it as F32, F16 or BF16"),
    Defect(
      header: #"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#,
      message: "tensor `a` lacks `dtype`, `shape` or `data_offsets`, or has more"),
    Defect(
      header: #"{"a":{\#(entry),"x":1}}"#,
      message: "tensor `a` lacks `dtype`, `shape` or `data_offsets`, or has more"),
    Defect(
      header: #"{"__metadata__":{"a":1},"a":{\#(entry)}}"#,
      message: "`__metadata__` has no text for `a`; expected texts only"),
    Defect(
      header: #"{"a":{\#(entry)}} x"#,
      message: "broken JSON at byte 55: found `x`, expected nothing more"),
    Defect(
      header: #"{"a":"#, message: "broken JSON at byte 5: found the end, expected a value"),
    Defect(
      header: #"{"a\q":1}"#,
      message: #"broken JSON at byte 5: found `":1}`, expected a known escape"#),
    Defect(
      header: #"{"\ud800":1}"#,
      message: #"broken JSON at byte 8: found `":1}`, expected a surrogate pair"#),
    Defect(
      header: "{\"a\":" + String(repeating: "[", count: 100_000),
      message: "broken JSON at byte 20: found `[[[[[[[[[[[[`, expected at most 16 levels"),
  ]

  private func file(_ header: String, buffer: Int, in folder: TemporaryDirectory) throws -> String {
    let path = folder.path("a.safetensors")
    try write(UInt64(header.utf8.count), header, buffer, path)
    return path
  }

  private func write(_ length: UInt64, _ header: String, _ buffer: Int, _ path: String) throws {
    var data = withUnsafeBytes(of: length.littleEndian) { Data($0) }
    data.append(Data(header.utf8))
    data.append(Data(count: buffer))
    try data.write(to: URL(filePath: path))
  }

  @Test(arguments: defects)
  func aBadHeaderHasItsError(defect: Defect) throws {
    let folder = try TemporaryDirectory()
    let path = try file(defect.header, buffer: defect.buffer, in: folder)
    #expect(
      message { _ = try SafetensorsFile.read(at: path, options: ImportOptions()) }
        == defect.message)
  }

  @Test(arguments: [
    (100_000_001, "a header of 100000001 bytes; expected at most 100000000"),
    (UInt64.max, "a header of 18446744073709551615 bytes; expected at most 100000000"),
    (50, "a header of 50 bytes in a file of 18"),
  ])
  func aHeaderLongerThanItsFileIsRefused(length: UInt64, expected: String) throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("a.safetensors")
    try write(length, "{}", 8, path)
    #expect(
      message { _ = try SafetensorsFile.read(at: path, options: ImportOptions()) } == expected)
    try Data([1, 2]).write(to: URL(filePath: path))
    #expect(
      message { _ = try SafetensorsFile.read(at: path, options: ImportOptions()) }
        == "2 bytes; expected a header")
  }

  @Test func namesMayHaveAnyCharacterAndTensorsNoElements() throws {
    let folder = try TemporaryDirectory()
    let header =
      #"{"\u00e9\ud83d\ude00\"\n/":{\#(Self.entry)},"empty":{"dtype":"I64","shape":[0,4611686018427387904],"data_offsets":[8,8]},"scalar":{"dtype":"BOOL","shape":[],"data_offsets":[8,9]}}"#
    #expect(
      message {
        _ = try SafetensorsFile.read(
          at: try file(header, buffer: 9, in: folder), options: ImportOptions())
      } == "tensor `empty` has shape [0, 4611686018427387904], which cannot be counted")
    let path = try file(
      header.replacingOccurrences(of: "4611686018427387904", with: "4"), buffer: 9, in: folder)
    let source = try #require(
      try SafetensorsFile.read(at: path, options: ImportOptions()).checkpoint?.source)
    #expect(source.entries.map(\.name) == ["é😀\"\n/", "empty", "scalar"])
    #expect(source.entries.map(\.byteCount) == [8, 0, 1])
  }

  @Test func whatIsNoFileCannotBeRead() throws {
    let folder = try TemporaryDirectory()
    for (path, text) in [
      ("/absent.safetensors", "no such file"),
      (folder.url.path, "is a folder without files of safetensors; name a model's file"),
      ("/dev/null", "not a file; expected one with tensors"),
    ] {
      #expect(
        message { _ = try SafetensorsFile.read(at: path, options: ImportOptions()) } == text)
    }
  }
}

@Suite struct SafetensorsShardTests {
  /// Copies the sharded fixture and changes its index.
  private func folder(_ change: (inout String) -> Void) throws -> TemporaryDirectory {
    let folder = try TemporaryDirectory()
    for name in try FileManager.default.contentsOfDirectory(atPath: ArchiveFixture.path("shards")) {
      try FileManager.default.copyItem(
        atPath: ArchiveFixture.path("shards/\(name)"), toPath: folder.path(name))
    }
    let index = folder.url.appending(path: "model.safetensors.index.json")
    var text = try String(contentsOf: index, encoding: .utf8)
    change(&text)
    try text.write(to: index, atomically: false, encoding: .utf8)
    return folder
  }

  private func read(_ folder: TemporaryDirectory) throws -> ImportedModel {
    try SafetensorsFile.read(at: folder.url.path, options: ImportOptions())
  }

  private static let first = "model-00001-of-00002.safetensors"

  @Test(arguments: [
    "../\(first)", "/etc/x.safetensors", "..\\\\x.safetensors", "x.bin", "a..safetensors",
  ])
  func aShardOutsideTheFolderIsRefused(shard: String) throws {
    let folder = try folder { $0 = $0.replacingOccurrences(of: Self.first, with: shard) }
    let shown = shard.replacingOccurrences(of: "\\\\", with: "\\")
    #expect(
      message { _ = try read(folder) }
        == "shard `\(shown)` is no plain file name; expected one beside the index")
  }

  @Test func whatTheIndexPromisesMustBeThere() throws {
    let lost = try folder { $0 = $0.replacingOccurrences(of: "fc1.weight", with: "fc0.weight") }
    #expect(message { _ = try read(lost) } == "tensor `fc0.weight` is not in \(Self.first)")
    let missing = try folder { _ in }
    try FileManager.default.removeItem(atPath: missing.path(Self.first))
    #expect(
      message { _ = try read(missing) }
        == "shard \(Self.first) is missing; put it beside the index")
    let broken = try folder { $0 = $0.replacingOccurrences(of: "weight_map", with: "map") }
    #expect(message { _ = try read(broken) } == "no object `weight_map`")
    let twice = try folder { $0 = $0.replacingOccurrences(of: "fc1.bias", with: "fc1.weight") }
    #expect(message { _ = try read(twice) } == "key `fc1.weight` stands twice in one object")
  }

  @Test func whatTheIndexDoesNotNameIsLeftOut() throws {
    let folder = try folder {
      $0 = $0.replacingOccurrences(of: "\"fc1.weight\": \"\(Self.first)\", ", with: "")
    }
    let imported = try read(folder)
    #expect(
      imported.notes == ["tensor `fc1.weight` of \(Self.first) is not in the index; left out"])
    #expect(imported.checkpoint?.source.entries.count == 5)
  }
}
