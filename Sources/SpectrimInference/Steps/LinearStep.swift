internal import SpectrimCore

/// `Y = activation(X Wᵀ + b)`.
struct LinearStep: CompiledStep {
  let outputWidth: Int
  private let product: BiasedProduct

  init(_ layer: Layer, columnOrder: [Int]?) {
    outputWidth = layer.outputCount
    product = BiasedProduct(
      columnOrder.map { layer.weight.selecting(columns: $0) } ?? layer.weight,
      bias: layer.bias?.values, activation: layer.activation)
  }

  func reserve(_ scratch: inout StepScratch, count: Int) {
    scratch.kernel.reserve(count * product.scratchWidth)
  }

  func run(
    _ input: Span<Float>, count: Int, into output: inout MutableSpan<Float>,
    scratch: inout StepScratch
  ) {
    var rows = output._mutatingExtracting(0..<count * outputWidth)
    product.run(input, rowCount: count, into: &rows, scratch: &scratch.kernel)
  }
}
