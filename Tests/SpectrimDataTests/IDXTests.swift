import Foundation
import SpectrimCore
import SpectrimData
import SpectrimTestSupport
import Testing

private let imagesName = "t10k-images-idx3-ubyte"
private let labelsName = "t10k-labels-idx1-ubyte"
/// Two images of 1×3 pixels.
private let images: [UInt8] = [
  0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 9, 8, 7, 0, 128, 255,
]
private let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 2, 4, 5]

private let zeros = [UInt8](repeating: 0, count: 12)
/// A header that claims 256 TB.
private let bomb: [UInt8] = [0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 1, 0, 0, 0, 1, 0]

private let gzipScript = """
  import gzip, sys
  open(sys.argv[2], "wb").write(gzip.compress(open(sys.argv[1], "rb").read(), mtime=0))
  """

struct IDXTests {
  private func folder(images: [UInt8], labels: [UInt8]) throws -> TemporaryDirectory {
    let folder = try TemporaryDirectory()
    _ = try write(images, imagesName, in: folder)
    _ = try write(labels, labelsName, in: folder)
    return folder
  }

  @Test func plainFilesAreRead() throws {
    let folder = try folder(images: images, labels: labels)
    let set = try IDXFolder(folder.url.path).load(.test)
    #expect(set.count == 2 && set.rowCount == 1 && set.columnCount == 3)
    #expect(set.labels == [4, 5])
    #expect(set.image(at: 1).pixels == [0, 128, 255])
    #expect(set.subset(1..<2).labels == [5])
    let scaled = try Normalization(scale: 1, mean: 8, deviation: 2)
    #expect(set.batch(0..<1, scaled) == Matrix(rows: [[0.5, 0, -0.5]]))
    #expect(set.batch([1, 0], scaled).row(1) == [0.5, 0, -0.5])
    #expect(set.image(at: 0).batch(scaled) == Matrix(rows: [[0.5, 0, -0.5]]))
  }

  @Test(.needsPython) func gzipFilesAreRead() throws {
    let folder = try folder(images: images, labels: labels)
    let expected = try IDXFolder(folder.url.path).load(.test)
    for name in [imagesName, labelsName] {
      try Python.run(gzipScript, [folder.path(name), folder.path(name + ".gz")])
      try FileManager.default.removeItem(atPath: folder.path(name))
    }
    #expect(try IDXFolder(folder.url.path).load(.test) == expected)
  }

  private static let defects: [Defect] = [
    Defect(message: "found 0 bytes of the header; expected 4 (the file is truncated)"),
    Defect(
      bytes: [1] + images.dropFirst(),
      message: "found first bytes 1, 0; expected 0, 0 of an IDX file"),
    Defect(
      bytes: [0, 0, 13] + images.dropFirst(3),
      message: "found element type 13; expected type 8, unsigned bytes"),
    Defect(bytes: labels, message: "found 1 dimensions; expected 3"),
    Defect(
      bytes: [0, 0, 8, 3] + zeros, message: "found dimensions [0, 0, 0]; expected none of them 0"),
    Defect(
      bytes: images.dropLast(),
      message: "found 5 bytes of the elements; expected 6 (the file is truncated)"),
    Defect(bytes: images + [1, 1], message: "found 2 trailing bytes; expected the end"),
    Defect(
      bytes: [0, 0, 8, 3] + zeros.map { _ in 255 },
      message: "found dimensions [4294967295, 4294967295, 4294967295]; "
        + "expected a size below 2^63 bytes"),
    Defect(
      bytes: bomb,
      message: "found 0 bytes of the elements; expected 281474976645120 (the file is truncated)"),
  ]

  @Test(arguments: defects)
  func aBadFileHasItsError(defect: Defect) throws {
    let folder = try folder(images: defect.bytes, labels: labels)
    #expect(
      message(in: folder) { _ = try IDXFolder(folder.url.path).load(.test) }
        == "\(imagesName): \(defect.message)")
  }

  private static let gzipDefects: [Defect] = [
    Defect(
      expression: "z[:-9]", bytes: images,
      message: "found a gzip stream without its end; expected an intact one"),
    Defect(
      expression: "z[:20]", bytes: images,
      message: "found 7 bytes of the header; expected 12 (the file is truncated)"),
    Defect(
      expression: "z + b'xy'", bytes: images,
      message: "found 2 trailing bytes after the gzip stream; expected the end"),
    Defect(
      expression: "z[:-8] + b'abcd' + z[-4:]", bytes: images,
      message: "found a damaged gzip stream (incorrect data check); expected an intact one"),
    Defect(
      expression: "z", bytes: images + [1], message: "found trailing bytes; expected the end"),
    Defect(
      expression: "z", bytes: bomb,
      message: "found the elements of 281474976645120 bytes in a gzip file of 32; "
        + "expected at most 1032 times the file"),
  ]

  @Test(.needsPython, arguments: gzipDefects)
  func aBadGzipFileHasItsError(defect: Defect) throws {
    let folder = try TemporaryDirectory()
    _ = try write(labels, labelsName, in: folder)
    let plain = try write(defect.bytes, "plain", in: folder)
    try Python.run(
      """
      import gzip, sys
      z = gzip.compress(open(sys.argv[1], "rb").read(), mtime=0)
      open(sys.argv[2], "wb").write(\(defect.expression))
      """, [plain, folder.path(imagesName + ".gz")])
    #expect(
      message(in: folder) { _ = try IDXFolder(folder.url.path).load(.test) }
        == "\(imagesName).gz: \(defect.message)")
  }

  @Test func aMissingFileNamesItselfAndTheRemedy() throws {
    let folder = try TemporaryDirectory()
    #expect(
      message(in: folder) { _ = try IDXFolder(folder.path("none")).load(.train) }
        == "none: no such file; expected a folder with the four MNIST files such as "
        + "train-images-idx3-ubyte.gz")
    #expect(
      message(in: folder) { _ = try IDXFolder(folder.url.path).load(.train) }
        == "train-images-idx3-ubyte.gz: no such file; put it or the unpacked "
        + "train-images-idx3-ubyte there, or name another folder")
  }

  @Test func labelsMustMatchTheImages() throws {
    let folder = try folder(images: images, labels: [0, 0, 8, 1, 0, 0, 0, 1, 4])
    #expect(
      message(in: folder) { _ = try IDXFolder(folder.url.path).load(.test) }
        == "\(labelsName): found 1 labels; expected 2, one per image")
  }

  @Test(.needsMNIST) func mnistHasItsKnownCounts() throws {
    let folder = IDXFolder(try #require(Places.mnist).path)
    let test = try folder.load(.test)
    #expect(test.count == 10_000 && test.rowCount == 28 && test.columnCount == 28)
    #expect(test.labels.prefix(5) == [7, 2, 1, 0, 4])
    // The published mean of the training pixels, 0.1307.
    let train = try folder.load(.train)
    let sum = train.pixels.reduce(0) { $0 + Int($1) }
    #expect(abs(Double(sum) / 255 / Double(train.pixels.count) - 0.1307) < 0.00005)
  }
}
