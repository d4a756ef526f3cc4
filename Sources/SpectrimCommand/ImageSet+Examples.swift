internal import SpectrimCore
internal import SpectrimData
internal import SpectrimTraining

extension ImageSet {
  /// The images with their labels, for a training.
  func examples(_ normalization: Normalization) throws -> Examples {
    try Examples(
      pixels: pixels, width: pixelCount, normalization: normalization, labels: labels)
  }
}
