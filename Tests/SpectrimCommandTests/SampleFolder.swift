import Foundation
import SpectrimCore
import SpectrimFiles
import SpectrimTestSupport

/// A folder, with a space in its name, that holds a model of every representation and images for it.
struct SampleFolder {
  private let folder: TemporaryDirectory
  /// The folder.
  let url: URL
  /// The model with a layer of every representation, 12 inputs and 12 classes.
  let model: Model
  /// Eleven images of 3×4 pixels with labels 0…10, the same in both halves.
  let pixels: [UInt8]

  static let imageCount = 11

  init() throws {
    folder = try TemporaryDirectory()
    url = folder.url.appending(path: "my models")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    model = try SampleLayers.model(width: 12)
    var generator = SeededGenerator(seed: 5)
    pixels = (0..<Self.imageCount * 12).map { _ in UInt8.random(in: 0...255, using: &generator) }
    try ModelFile.write(model, to: path("model.h5"))
    try FileManager.default.createDirectory(
      at: url.appending(path: "data"), withIntermediateDirectories: true)
    for half in ["train", "t10k"] {
      let count = Self.big(Self.imageCount)
      let images = [0, 0, 8, 3] + count + Self.big(3) + Self.big(4) + pixels
      let labels = [0, 0, 8, 1] + count + (0..<UInt8(Self.imageCount))
      try Data(images).write(to: url.appending(path: "data/\(half)-images-idx3-ubyte"))
      try Data(labels).write(to: url.appending(path: "data/\(half)-labels-idx1-ubyte"))
    }
  }

  /// The path of a file in the folder.
  func path(_ name: String) -> String { url.appending(path: name).path }

  /// What the model sees of the images.
  var batch: Matrix<Float> {
    let table = model.input.normalization.byteTable
    return Matrix(Shape(Self.imageCount, 12), pixels.map { table[Int($0)] })
  }

  private static func big(_ value: Int) -> [UInt8] {
    (0..<4).reversed().map { UInt8(value >> (8 * $0) & 255) }
  }
}
