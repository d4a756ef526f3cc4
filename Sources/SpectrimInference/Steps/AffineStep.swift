internal import SpectrimCore

/// `scale · x + shift` per channel, or per element of a vector.
struct AffineStep: CompiledStep {
  let outputWidth: Int
  private let scale: [Float]
  private let shift: [Float]

  init(_ affine: ChannelAffine, order: [Int]?, outputWidth: Int) {
    scale = affine.scale.inOrder(order)
    shift = affine.shift.inOrder(order)
    self.outputWidth = outputWidth
  }

  func run(
    _ input: Span<Float>, count: Int, into output: inout MutableSpan<Float>,
    scratch: inout StepScratch
  ) {
    for start in stride(from: 0, to: count * outputWidth, by: max(scale.count, 1)) {
      for channel in scale.indices {
        output[start + channel] = scale[channel] * input[start + channel] + shift[channel]
      }
    }
  }
}

extension [Float] {
  /// The numbers in the order in which a step meets them.
  func inOrder(_ order: [Int]?) -> [Float] { order.map { $0.map { self[$0] } } ?? self }
}
