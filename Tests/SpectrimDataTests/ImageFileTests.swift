import Foundation
import SpectrimCore
import SpectrimData
import SpectrimTestSupport
import Testing

/// Writes PNG by hand from the specification: signature, IHDR, optional chunks, IDAT, IEND.
private let pngScript = """
  import struct, sys, zlib
  def chunk(name, data):
      return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
  def png(width, height, depth, color, rows, extra=b""):
      raw = b"".join(b"\\0" + bytes(row) for row in rows)
      return (b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))
              + extra + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))
  gray = png(3, 2, 8, 0, [[0, 100, 255], [1, 2, 3]])
  open(sys.argv[1], "wb").write(eval(sys.argv[2]))
  """

@Suite(.needsPython)
struct PNGTests {
  private func image(_ expression: String) throws -> GrayImage {
    let folder = try TemporaryDirectory()
    try Python.run(pngScript, [folder.path("a.png"), expression])
    return try GrayImage(contentsOf: folder.path("a.png"))
  }

  private let expected = GrayImage(rowCount: 2, columnCount: 3, pixels: [0, 100, 255, 1, 2, 3])

  @Test(arguments: [
    "gray",
    "png(3, 2, 16, 0, [[0, 0, 100, 100, 255, 255], [1, 1, 2, 2, 3, 3]])",
    "png(3, 2, 8, 2, [[0] * 3 + [100] * 3 + [255] * 3, [1] * 3 + [2] * 3 + [3] * 3])",
    """
    png(3, 2, 8, 3, [[0, 1, 2], [3, 4, 5]], chunk(b"PLTE", bytes(
      v for g in (0, 100, 255, 1, 2, 3) for v in (g, g, g))))
    """,
    "png(3, 2, 8, 4, [[0, 255, 100, 255, 255, 255], [1, 255, 2, 255, 3, 255]])",
  ])
  func everyKindOfGrayBecomesTheSameBytes(expression: String) throws {
    let image = try image(expression)
    #expect(image.rowCount == 2 && image.columnCount == 3)
    // Colors are weighted in linear light, there and back, which may cost one step.
    for (found, wanted) in zip(image.pixels, expected.pixels) {
      #expect(abs(Int(found) - Int(wanted)) <= (expression.contains("8, 2") ? 1 : 0))
    }
  }

  @Test func transparencyLiesOnBlack() throws {
    #expect(try image("png(2, 1, 8, 4, [[200, 0, 200, 255]])").pixels == [0, 200])
  }

  private static let defects: [Defect] = [
    Defect(expression: "gray[:40]", message: "found a damaged PNG"),
    Defect(expression: "gray[:45] + b'xx' + gray[47:]", message: "found a damaged PNG"),
    Defect(
      expression: "png(100000, 100000, 8, 0, [])",
      message: "found an image of 100000×100000; expected 1 to 67108864 pixels"),
    Defect(
      expression: "b'GIF89a'",
      message: "found neither a PNG nor a PGM signature; expected a PNG or PGM image"),
    Defect(
      expression: "b''",
      message: "found neither a PNG nor a PGM signature; expected a PNG or PGM image"),
  ]

  @Test(arguments: defects)
  func aBadFileHasItsError(defect: Defect) throws {
    let folder = try TemporaryDirectory()
    try Python.run(pngScript, [folder.path("bad"), defect.expression])
    // libpng's own words inside the parentheses differ between its releases.
    #expect(
      message(in: folder) { _ = try GrayImage(contentsOf: folder.path("bad")) }
        .hasPrefix("bad: \(defect.message)"))
  }
}

struct PGMTests {
  private static let binary = [UInt8]([0, 100, 255, 1, 2, 3])

  @Test(arguments: [
    "P5 3 2 255\n", "P5\n# a comment\n3 2\n# another\n255\n",
  ])
  func binaryGraymapsAreRead(header: String) throws {
    let folder = try TemporaryDirectory()
    let bytes = Array(header.utf8) + Self.binary
    let image = try GrayImage(contentsOf: try write(bytes, "a.pgm", in: folder))
    #expect(image == GrayImage(rowCount: 2, columnCount: 3, pixels: Self.binary))
  }

  @Test func textGraymapsAreReadAndScaled() throws {
    let folder = try TemporaryDirectory()
    let bytes = Array("P2\n3 2 5\n0 1 2\n3 4 5 # end\n".utf8)
    let image = try GrayImage(contentsOf: try write(bytes, "a.pgm", in: folder))
    #expect(image.pixels == [0, 51, 102, 153, 204, 255])
  }

  private static let defects: [Defect] = [
    Defect(
      bytes: Array("P6 1 1 255\nabc".utf8),
      message: "found `P6`; expected `P5` or `P2`, a portable graymap"),
    Defect(
      bytes: Array("P5 1 1 65535\nab".utf8), message: "found largest value 65535; expected 1 to 255"
    ),
    Defect(bytes: Array("P5 2 2 255\nabc".utf8), message: "found 3 bytes of pixels; expected 4"),
    Defect(bytes: Array("P5 1 1 255\nab".utf8), message: "found 2 bytes of pixels; expected 1"),
    Defect(
      bytes: Array("P5 0 1 255\n".utf8),
      message: "found an image of 1×0; expected 1 to 67108864 pixels"),
    Defect(
      bytes: Array("P5 999999999 999999999 255\n".utf8),
      message: "found an image of 999999999×999999999; expected 1 to 67108864 pixels"),
    Defect(
      bytes: Array("P5 12345678901 1 255\n".utf8),
      message: "found the width of ten digits; expected a smaller number"),
    Defect(
      bytes: Array("P5 x".utf8), message: "found no number for the width; expected a decimal number"
    ),
    Defect(bytes: Array("P2 2 1 5 3 6".utf8), message: "found value 6; expected at most 5"),
    Defect(bytes: Array("P2 2 1 255 300 1".utf8), message: "found value 300; expected at most 255"),
    Defect(
      bytes: Array("P2 2 1 9 3   ".utf8),
      message: "found no number for a pixel; expected a decimal number"),
    Defect(bytes: Array("P2 1 1 9 3 4".utf8), message: "found 1 trailing bytes; expected the end"),
    Defect(
      bytes: Array("P2 9 9 9 3".utf8), message: "found 2 characters of pixels; expected 81 numbers"),
  ]

  @Test(arguments: defects)
  func aBadFileHasItsError(defect: Defect) throws {
    let folder = try TemporaryDirectory()
    let path = try write(defect.bytes, "bad.pgm", in: folder)
    #expect(
      message(in: folder) { _ = try GrayImage(contentsOf: path) } == "bad.pgm: \(defect.message)")
  }

  @Test func aMissingFileAndAFolderAreNamed() throws {
    let folder = try TemporaryDirectory()
    #expect(
      message(in: folder) { _ = try GrayImage(contentsOf: folder.path("none.png")) }
        == "none.png: no such file; check the path")
    #expect(
      throws: DataError.unreadable(
        path: folder.url.path, reason: "a folder; expected a file")
    ) { _ = try GrayImage(contentsOf: folder.url.path) }
  }
}
