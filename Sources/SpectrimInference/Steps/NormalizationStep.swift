internal import SpectrimCore

/// `(x − mean) / √(variance + ε) · scale + shift` over the numbers of an example, whose mean and
/// variance are summed in `Double`.
struct NormalizationStep: CompiledStep {
  private let scale: [Float]
  private let shift: [Float]
  private let epsilon: Double

  init(_ norm: LayerNormalization, order: [Int]?) {
    scale = norm.scale.inOrder(order)
    shift = norm.shift.inOrder(order)
    epsilon = Double(norm.epsilon)
  }

  var outputWidth: Int { scale.count }

  func run(
    _ input: Span<Float>, count: Int, into output: inout MutableSpan<Float>,
    scratch: inout StepScratch
  ) {
    let width = scale.count
    for start in stride(from: 0, to: count * width, by: max(width, 1)) {
      var (sum, squares) = (0.0, 0.0)
      for index in start..<start + width { sum += Double(input[index]) }
      let mean = sum / Double(width)
      for index in start..<start + width {
        squares += (Double(input[index]) - mean) * (Double(input[index]) - mean)
      }
      let root = (squares / Double(width) + epsilon).squareRoot()
      for index in 0..<width {
        let value = Float((Double(input[start + index]) - mean) / root)
        output[start + index] = value * scale[index] + shift[index]
      }
    }
  }
}
