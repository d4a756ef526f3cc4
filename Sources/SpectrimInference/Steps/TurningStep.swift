internal import SpectrimCore

/// Puts the channels of a map last or first, where the caller has them otherwise.
struct TurningStep: CompiledStep {
  let outputWidth: Int
  /// - Shape: `[rowCount, columnCount]` before, transposed after.
  private let rowCount: Int
  private let columnCount: Int

  init(toChannelLast map: FeatureShape) {
    (rowCount, columnCount) = map.channelAndPlaneCount
    outputWidth = map.elementCount
  }

  init(toChannelFirst map: FeatureShape) {
    (columnCount, rowCount) = map.channelAndPlaneCount
    outputWidth = map.elementCount
  }

  func run(
    _ input: Span<Float>, count: Int, into output: inout MutableSpan<Float>,
    scratch: inout StepScratch
  ) {
    for start in stride(from: 0, to: count * outputWidth, by: outputWidth) {
      for row in 0..<rowCount {
        for column in 0..<columnCount {
          output[start + column * rowCount + row] = input[start + row * columnCount + column]
        }
      }
    }
  }
}

extension FeatureShape {
  /// How many channels, and how many numbers one of them has.
  fileprivate var channelAndPlaneCount: (Int, Int) {
    switch self {
    case .vector(let count): (count, 1)
    case .map(let channels, let height, let width): (channels, height * width)
    }
  }
}
