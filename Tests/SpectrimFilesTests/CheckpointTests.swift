import Foundation
import SpectrimCore
import SpectrimFiles
import SpectrimFormat
import SpectrimTestSupport
import Testing

/// Weights in every representation between tensors that are none, such as every scalar type.
private struct Sample: CheckpointSource {
  let name = "sample"
  let entries: [CheckpointEntry]
  let contents: [CheckpointContent]

  init() throws {
    var (entries, contents): ([CheckpointEntry], [CheckpointContent]) = ([], [])
    for kind in Representation.Kind.allCases {
      let weight = try SampleLayers.weight(kind, Shape(8, 12), rank: 3)
      entries.append(
        CheckpointEntry(name: "block/\(kind.rawValue).weight", type: .float32, shape: [8, 3, 2, 2]))
      contents.append(.weight(weight))
    }
    for type in ScalarType.allCases {
      let bytes = (0..<6 * type.byteCount).map { UInt8($0 % 2) }
      entries.append(CheckpointEntry(name: "plain \(type.rawValue)", type: type, shape: [6]))
      contents.append(.plain(Tensor(type: type, shape: [6], bytes: bytes)))
    }
    entries.append(CheckpointEntry(name: "scalar", type: .int64, shape: []))
    contents.append(.plain(Tensor(type: .int64, shape: [], bytes: [1, 0, 0, 0, 0, 0, 0, 0])))
    entries.append(CheckpointEntry(name: "nothing", type: .float32, shape: [0, 4]))
    contents.append(.plain(Tensor(type: .float32, shape: [0, 4], bytes: [])))
    self.entries = entries
    self.contents = contents
  }

  func content(of index: Int) -> CheckpointContent { contents[index] }

  func write(to path: String, codec: StorageSettings.Codec = .zstd) throws -> CheckpointFile {
    let header = CheckpointHeader(name: name, reason: "its layers branch")
    let storage = StorageSettings(codec: codec)
    return try CheckpointFile.write(header, entries, to: path, storage: storage) { append in
      for content in contents { try append(content) }
      return ConversionRecord(tool: "spectrim test", source: .init(format: "test"))
    }
  }
}

@Test(arguments: StorageSettings.Codec.allCases)
func aCheckpointSurvivesTheFile(codec: StorageSettings.Codec) throws {
  let folder = try TemporaryDirectory()
  let sample = try Sample()
  let path = folder.path("checkpoint.h5")
  let written = try sample.write(to: path, codec: codec)
  guard case .checkpoint(let file) = try SpectrimFile.read(at: path) else {
    Issue.record("not a checkpoint")
    return
  }
  #expect(file.entries == sample.entries)
  #expect(file.entries == written.entries)
  #expect(file.header.reason == "its layers branch")
  for index in file.entries.indices {
    #expect(try file.content(of: index) == sample.contents[index], "\(file.entries[index].name)")
  }
  #expect(ModelFile.verify(at: path).isOK)
}

@Test(.needsPython) func h5pyReadsACheckpointAsTheSchemaSays() throws {
  let folder = try TemporaryDirectory()
  let path = folder.path("checkpoint.h5")
  let file = try Sample().write(to: path)
  func script(_ name: String) throws -> String {
    let place = Places.repository.appending(path: "Tests/SpectrimFilesTests/\(name).py")
    return Python.zstdFilter + (try String(contentsOf: place, encoding: .utf8))
  }
  let printed = try Python.run(try script("read_model"), [path])
  let digest = try #require(file.record?.digests?.content)
  #expect(printed.split(separator: "\n").last.map(String.init) == "digest \(digest)")
  #expect(printed.contains("/tensors/block%2Fdense.weight/source_shape ints 8 3 2 2"))
  let schemas = ["format", "report"].map {
    Places.repository.appending(path: "Schemas/\($0).schema.json").path
  }
  #expect(try Python.run(try script("validate_tree"), [path] + schemas) == "")
}

@Test func aCheckpointIsNoModel() throws {
  let folder = try TemporaryDirectory()
  let path = folder.path("checkpoint.h5")
  _ = try Sample().write(to: path)
  let error = #expect(throws: ModelFileError.self) { try ModelFile.read(at: path) }
  #expect(error?.message.contains("tensors without a graph, because its layers branch") == true)
}

@Test func theSameCheckpointGivesTheSameBytes() throws {
  let folder = try TemporaryDirectory()
  let files = try ["a.h5", "b.h5"].map { name in
    _ = try Sample().write(to: folder.path(name))
    return try Data(contentsOf: folder.url.appending(path: name))
  }
  #expect(files[0] == files[1])
}

@Test func aBrokenWriterLeavesNoFile() throws {
  struct Stop: Error {}
  let folder = try TemporaryDirectory()
  let sample = try Sample()
  #expect(throws: Stop.self) {
    try CheckpointFile.write(
      CheckpointHeader(name: "a", reason: "b"), sample.entries, to: folder.path("c.h5")
    ) { append in
      try append(sample.contents[0])
      throw Stop()
    }
  }
  #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
}
