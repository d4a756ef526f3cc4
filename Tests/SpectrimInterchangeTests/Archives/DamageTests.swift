import Foundation
import SpectrimCore
import SpectrimInterchange
import SpectrimTestSupport
import Testing

/// Files with flipped bytes and cut ends are read or refused; none ends the program.
@Suite struct DamageTests {
  private static let changeCount = 60

  /// Reads whatever a file offers, with and without `--arch`.
  private func readAll(_ path: String, _ architecture: String) throws {
    if let source = try? ArchiveFixture.read(path).checkpoint?.source {
      for index in source.entries.indices { _ = try? source.content(of: index) }
    }
    let options = try ArchiveFixture.options(architecture, input: [2, 8, 8])
    _ = try? ArchiveFixture.read(path, options)
  }

  private func damage(_ original: String, _ name: String, architecture: String) throws {
    let folder = try TemporaryDirectory()
    let data = try Data(contentsOf: URL(filePath: original))
    var generator = SeededGenerator(seed: UInt64(data.count))
    let path = folder.path(name)
    for change in 0..<Self.changeCount {
      var changed = data
      if change % 8 == 0 {
        changed = changed.prefix(Int.random(in: 0..<data.count, using: &generator))
      } else {
        for _ in 0..<(1 + change % 3) {
          let place = Int.random(in: 0..<data.count, using: &generator)
          changed[place] = UInt8.random(in: 0...255, using: &generator)
        }
      }
      try changed.write(to: URL(filePath: path))
      try readAll(path, architecture)
    }
  }

  @Test(arguments: [
    "mlp.pt", "nested.pt", "views.pt", "cnn.pt", "cnn.safetensors", "mlp.safetensors",
    "fortran.npz", "named.npz", "unnamed.npz", "single.npy",
  ])
  func damagedFilesOfOthersEndNothing(file: String) throws {
    let isConvolutional = file.hasPrefix("cnn")
    try damage(
      ArchiveFixture.path(file), file,
      architecture: isConvolutional ? ArchiveFixture.convolutional : "mlp:relu")
  }

  /// The checksums of a ZIP archive keep most flipped bytes from its readers, so these are flipped
  /// before they are packed.
  @Test(arguments: ["mlp.pt", "nested.pt", "views.pt", "fortran.npz", "unnamed.npz"])
  func damagedEntriesEndNothing(file: String) throws {
    let folder = try TemporaryDirectory()
    let path = folder.path(file)
    let archive = try ZipArchive(path: ArchiveFixture.path(file))
    let contents = try archive.entries.map { try archive.read($0, atMost: 1 << 20) }
    var generator = SeededGenerator(seed: 9)
    for change in 0..<4 * Self.changeCount {
      var changed = contents
      // The first entry is the pickle, or the header of an array.
      let entry = change % 2 == 0 ? 0 : Int.random(in: contents.indices, using: &generator)
      for _ in 0..<(1 + change % 3) where !changed[entry].isEmpty {
        let place = Int.random(in: changed[entry].indices, using: &generator)
        changed[entry][place] = UInt8.random(in: 0...255, using: &generator)
      }
      let entries = archive.entries.indices.map { index in
        ZipWriter.Entry(archive.entries[index].name) { changed[index] }
      }
      try ZipWriter.write(entries, to: path)
      try readAll(path, "mlp:relu")
    }
  }

  @Test(arguments: ArchiveWriterTests.Kind.allCases, Representation.Kind.allCases)
  func damagedFilesOfOursEndNothing(
    kind: ArchiveWriterTests.Kind, representation: Representation.Kind
  ) throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("model.\(kind)")
    try kind.write(ArchiveWriterTests.convolutional(representation), to: path)
    try damage(path, "damaged.\(kind)", architecture: "mlp:relu")
  }

  @Test func damagedIndicesEndNothing() throws {
    let folder = try TemporaryDirectory()
    for name in try FileManager.default.contentsOfDirectory(atPath: ArchiveFixture.path("shards")) {
      try FileManager.default.copyItem(
        atPath: ArchiveFixture.path("shards/\(name)"), toPath: folder.path(name))
    }
    let index = folder.path("model.safetensors.index.json")
    let data = try Data(contentsOf: URL(filePath: index))
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<Self.changeCount {
      var changed = data
      let place = Int.random(in: 0..<data.count, using: &generator)
      changed[place] = UInt8.random(in: 0...255, using: &generator)
      try changed.write(to: URL(filePath: index))
      try readAll(index, "mlp:relu")
    }
  }
}
