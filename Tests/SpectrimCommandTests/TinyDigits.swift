import Foundation
import SpectrimCore
import SpectrimTestSupport

/// A small data set in the form of MNIST: each class lights up pixels of its own, under noise.
enum TinyDigits {
  /// Writes the four files of images, by default of 4×4, into a folder.
  static func write(
    to folder: URL, trainCount: Int = 300, testCount: Int = 100, side: Int = 4
  ) throws {
    var generator = SeededGenerator(seed: 7)
    for (prefix, count) in [("train", trainCount), ("t10k", testCount)] {
      var (pixels, labels): ([UInt8], [UInt8]) = ([], [])
      for index in 0..<count {
        let label = index % 10
        labels.append(UInt8(label))
        for pixel in 0..<side * side {
          let light = pixel == label ? 180 : 0
          pixels.append(UInt8(light) + UInt8(generator.uniform() * 60))
        }
      }
      try (header(0x803, [count, side, side]) + Data(pixels))
        .write(to: folder.appending(path: "\(prefix)-images-idx3-ubyte"))
      try (header(0x801, [count]) + Data(labels))
        .write(to: folder.appending(path: "\(prefix)-labels-idx1-ubyte"))
    }
  }

  private static func header(_ magic: UInt32, _ counts: [Int]) -> Data {
    ([magic] + counts.map(UInt32.init)).reduce(into: Data()) { data, number in
      withUnsafeBytes(of: number.bigEndian) { data.append(contentsOf: $0) }
    }
  }
}
