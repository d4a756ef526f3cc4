internal import SpectrimCore

/// A weight with its bias and its activation, applied to rows.
struct BiasedProduct: Sendable {
  let outputCount: Int
  private let kernel: any Kernel
  /// The bias, or zeros.
  private let bias: [Float]
  private let activation: Activation

  init(_ weight: Representation, bias: [Float]?, activation: Activation) {
    outputCount = weight.shape.rowCount
    kernel = makeKernel(for: weight)
    self.bias = bias ?? Array(repeating: 0, count: outputCount)
    self.activation = activation
  }

  var scratchWidth: Int { kernel.scratchWidth }

  /// The output starts as the bias, to which BLAS adds, in place of the zeros it would write.
  /// - Shape: input at least `[rowCount, in]`, output exactly `[rowCount, out]`.
  func run(
    _ input: Span<Float>, rowCount: Int, into output: inout MutableSpan<Float>,
    scratch: inout Scratch
  ) {
    precondition(output.count == rowCount * outputCount, "\(output.count) outputs")
    let bias = bias.span
    // Unchecked: the bias has `outputCount` numbers, and the output that many in each row.
    for row in 0..<rowCount {
      for column in 0..<outputCount {
        output[unchecked: row &* outputCount &+ column] = bias[unchecked: column]
      }
    }
    kernel.addProduct(of: input, rowCount: rowCount, to: &output, scratch: &scratch)
    activation.apply(to: &output, columnCount: outputCount)
  }

  /// From a buffer.
  func run(
    _ input: [Float], rowCount: Int, into output: inout MutableSpan<Float>,
    scratch: inout Scratch
  ) {
    run(input.span, rowCount: rowCount, into: &output, scratch: &scratch)
  }

  /// From one buffer into the leading rows of another.
  func run(
    _ input: [Float], rowCount: Int, into output: inout [Float], scratch: inout Scratch
  ) {
    var output = output.mutableSpan
    var rows = output._mutatingExtracting(0..<rowCount * outputCount)
    run(input.span, rowCount: rowCount, into: &rows, scratch: &scratch)
  }
}
