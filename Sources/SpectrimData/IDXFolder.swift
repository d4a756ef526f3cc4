/// A folder with the four files of MNIST or of a data set in its form, plain or `.gz`.
public struct IDXFolder: Sendable, Equatable {
  /// Which half of the data.
  public enum Split: String, Sendable, CaseIterable {
    /// What a network learns from: the files `train-…`.
    case train
    /// What it is judged by: the files `t10k-…`.
    case test

    /// How the names of its files begin.
    public var filePrefix: String { self == .train ? "train" : "t10k" }
  }

  /// The path of the folder.
  public let path: String

  /// Names a folder; nothing is read yet.
  public init(_ path: String) { self.path = path }

  /// Reads the images and labels of one half.
  /// - Throws: `DataError` when a file is missing, cannot be read, is no IDX file of unsigned bytes,
  ///   is truncated or too long, or when the counts of images and labels differ.
  public func load(_ split: Split) throws(DataError) -> ImageSet {
    let (imagePath, imageBytes) = try bytes(split.filePrefix + "-images-idx3-ubyte")
    let (labelPath, labelBytes) = try bytes(split.filePrefix + "-labels-idx1-ubyte")
    let images = try IDXFile(imageBytes, path: imagePath, dimensionCount: 3)
    let labels = try IDXFile(labelBytes, path: labelPath, dimensionCount: 1)
    guard images.dimensions[0] == labels.dimensions[0] else {
      throw .invalid(
        path: labelPath, found: "\(labels.dimensions[0]) labels",
        expected: "\(images.dimensions[0]), one per image")
    }
    return ImageSet(
      pixels: images.elements, labels: labels.elements, rowCount: images.dimensions[1],
      columnCount: images.dimensions[2])
  }

  /// The bytes of a file, of which the plain form goes first.
  private func bytes(_ name: String) throws(DataError) -> (path: String, bytes: [UInt8]) {
    guard fileExists(path) else {
      throw .missing(
        path: path, remedy: "expected a folder with the four MNIST files such as \(name).gz")
    }
    let plain = path + "/" + name
    let chosen = fileExists(plain) ? plain : plain + ".gz"
    let remedy = "put it or the unpacked \(name) there, or name another folder"
    return (chosen, try fileBytes(chosen, remedy: remedy))
  }
}
