import SpectrimInterchange
import SpectrimTestSupport
import Testing

@Suite(.needsPython)
struct ZipTests {
  /// Writes `z.zip` with Python's `zipfile`; the program finds `z`, an open archive.
  private func archive(_ program: String, in folder: TemporaryDirectory) throws -> String {
    let path = folder.path("z.zip")
    try Python.run(
      """
      import sys, zipfile, zlib, struct
      path = sys.argv[1]
      with zipfile.ZipFile(path, "w") as z:
          pass
      \(program)
      """, [path])
    return path
  }

  private func message(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch let error as InterchangeError { return error.message } catch { return "\(error)" }
  }

  @Test func storedAndDeflatedEntriesAreRead() throws {
    let folder = try TemporaryDirectory()
    let path = try archive(
      """
      with zipfile.ZipFile(path, "w") as z:
          z.writestr("folder/", b"")
          z.writestr("folder/stored", bytes(range(256)) * 8)
          z.writestr("deflated", bytes(range(256)) * 8, zipfile.ZIP_DEFLATED)
          z.writestr("empty", b"")
      """, in: folder)
    let archive = try ZipArchive(path: path)
    let bytes = (0..<2048).map { UInt8($0 & 255) }
    #expect(archive.entries.map(\.name) == ["folder/stored", "deflated", "empty"])
    for name in ["folder/stored", "deflated"] {
      let entry = try #require(archive.entry(named: name))
      #expect(try archive.read(entry, atMost: 2048) == bytes)
      #expect(try archive.read(entry, range: 300..<700) == Array(bytes[300..<700]))
      #expect(entry.isStored == (name != "deflated"))
    }
    let empty = try #require(archive.entry(named: "empty"))
    #expect(try archive.read(empty, atMost: 0) == [])
    #expect(archive.entry(named: "absent") == nil)
  }

  @Test(arguments: [
    ("open(path, 'wb').write(b'no archive')", "not an intact ZIP archive (not a zip archive)"),
    (
      "with zipfile.ZipFile(path, 'w') as z:\n    z.writestr('a', b'1'); z.writestr('a', b'2')",
      "two entries named `a`"
    ),
    (
      "with zipfile.ZipFile(path, 'w') as z: z.writestr('a', b'1', zipfile.ZIP_BZIP2)",
      "`a` is packed with method 12; expected stored or deflate"
    ),
    (
      """
      with zipfile.ZipFile(path, 'w') as z: z.writestr('a', b'1' * 100)
      f = open(path, 'rb').read()
      open(path, 'wb').write(f.replace(struct.pack('<II', 100, 100), struct.pack('<II', 900, 900)))
      """, "`a` declares 900 bytes beyond the file's 200"
    ),
    (
      """
      with zipfile.ZipFile(path, 'w') as z: z.writestr('a', b'1' * 100, zipfile.ZIP_DEFLATED)
      f = open(path, 'rb').read()
      open(path, 'wb').write(f.replace(struct.pack('<I', 100), struct.pack('<I', 2 ** 31)))
      """,
      "`a` declares 2147483648 bytes packed into 6; expected at most 1032 times as many"
    ),
    (
      """
      with zipfile.ZipFile(path, 'w') as z: z.writestr('a', b'1' * 100)
      f = open(path, 'rb').read()
      c = f.rindex(b'PK\\x01\\x02')
      f = f[:c] + f[c:].replace(b'PK\\x01\\x02\\x14\\x03\\x14\\x00\\x00', b'PK\\x01\\x02\\x14\\x03\\x14\\x00\\x01')
      open(path, 'wb').write(f)
      """, "`a` is encrypted; decrypt the archive first"
    ),
  ])
  func aBadDirectoryHasItsError(program: String, expected: String) throws {
    let folder = try TemporaryDirectory()
    let path = try archive(program, in: folder)
    #expect(message { _ = try ZipArchive(path: path) } == expected)
  }

  @Test(arguments: [
    ("f.replace(b'1' * 9, b'2' * 9)", "`a` is damaged: CRC error"),
    ("f.replace(struct.pack('<I', 100), struct.pack('<I', 99))", "`a` is damaged: CRC error"),
  ])
  func aDamagedEntryHasItsError(change: String, expected: String) throws {
    let folder = try TemporaryDirectory()
    let path = try archive(
      """
      with zipfile.ZipFile(path, 'w') as z: z.writestr('a', b'1' * 100)
      f = open(path, 'rb').read()
      open(path, 'wb').write(\(change))
      """, in: folder)
    let archive = try ZipArchive(path: path)
    #expect(message { _ = try archive.read(archive.entries[0], atMost: 200) } == expected)
  }

  @Test func entriesAreBounded() throws {
    let folder = try TemporaryDirectory()
    let path = try archive(
      "with zipfile.ZipFile(path, 'w') as z: z.writestr('a', b'1' * 100)", in: folder)
    let archive = try ZipArchive(path: path)
    let entry = archive.entries[0]
    #expect(
      message { _ = try archive.read(entry, atMost: 99) }
        == "`a` has 100 bytes; expected at most 99")
    #expect(
      message { _ = try archive.read(entry, range: 90..<101) }
        == "`a` has 100 bytes; expected 101")
  }

  @Test func aMissingArchiveCannotBeRead() {
    #expect(throws: InterchangeError(.cannotRead, file: "/absent.zip", "no such file")) {
      _ = try ZipArchive(path: "/absent.zip")
    }
  }

  @Test func whatIsWrittenIsStoredWithoutADate() throws {
    let folder = try TemporaryDirectory()
    let entries = [
      ZipWriter.Entry("a/b.npy") { [1, 2, 3] }, ZipWriter.Entry("é") { [] },
      ZipWriter.Entry("long") { [UInt8](repeating: 7, count: 100_000) },
    ]
    for name in ["one.zip", "two.zip"] { try ZipWriter.write(entries, to: folder.path(name)) }
    let shown = try Python.run(
      """
      import sys, zipfile
      a, b = [open(p, "rb").read() for p in sys.argv[1:]]
      assert a == b
      with zipfile.ZipFile(sys.argv[1]) as z:
          assert z.testzip() is None
          for i in z.infolist(): print(i.filename, i.compress_type, i.file_size, *i.date_time[:3])
      """, [folder.path("one.zip"), folder.path("two.zip")])
    #expect(shown == "a/b.npy 0 3 1980 1 1\né 0 0 1980 1 1\nlong 0 100000 1980 1 1\n")
  }

  @Test func anEntryThatFailsLeavesNoArchive() throws {
    struct Failure: Error, Equatable {}
    let folder = try TemporaryDirectory()
    let path = folder.path("a.zip")
    #expect(throws: Failure()) {
      try ZipWriter.write([ZipWriter.Entry("a") { throw Failure() }], to: path)
    }
    #expect(throws: InterchangeError.self) { _ = try ZipArchive(path: path) }
    #expect(throws: InterchangeError.self) {
      try ZipWriter.write([ZipWriter.Entry("a") { [1] }], to: "/absent/a.zip")
    }
  }
}
