internal import SpectrimCore

/// A layer made ready to run.
struct CompiledLayer: Sendable {
  let outputCount: Int
  private let kernel: any Kernel
  /// The bias, or zeros.
  private let bias: [Float]
  private let activation: Activation

  init(_ layer: Layer) {
    outputCount = layer.outputCount
    kernel = makeKernel(for: layer.weight)
    bias = layer.bias?.values ?? Array(repeating: 0, count: layer.outputCount)
    activation = layer.activation
  }

  var scratchWidth: Int { kernel.scratchWidth }

  /// `Y = activation(X Wᵀ + b)`.
  ///
  /// The output starts as the bias, to which BLAS adds, in place of the zeros it would write.
  /// - Shape: input at least `[rowCount, in]`, output at least `[rowCount, out]`.
  func run(
    _ input: Span<Float>, rowCount: Int, into output: inout MutableSpan<Float>,
    scratch: inout Scratch
  ) {
    var rows = output._mutatingExtracting(0..<rowCount * outputCount)
    for start in stride(from: 0, to: rows.count, by: max(outputCount, 1)) {
      for column in 0..<outputCount { rows[start + column] = bias[column] }
    }
    kernel.addProduct(of: input, rowCount: rowCount, to: &rows, scratch: &scratch)
    activation.apply(to: &rows, columnCount: outputCount)
  }
}

/// The same between buffers: an array that is an argument may be read while its neighbours in a
/// structure are written, a span of it may not.
extension CompiledLayer {
  /// From the caller's rows into a buffer.
  func run(
    _ input: Span<Float>, rowCount: Int, into output: inout [Float], scratch: inout Scratch
  ) {
    var output = output.mutableSpan
    run(input, rowCount: rowCount, into: &output, scratch: &scratch)
  }

  /// From one buffer into another.
  func run(_ input: [Float], rowCount: Int, into output: inout [Float], scratch: inout Scratch) {
    run(input.span, rowCount: rowCount, into: &output, scratch: &scratch)
  }

  /// From a buffer into the caller's rows.
  func run(
    _ input: [Float], rowCount: Int, into output: inout MutableSpan<Float>,
    scratch: inout Scratch
  ) {
    run(input.span, rowCount: rowCount, into: &output, scratch: &scratch)
  }
}
