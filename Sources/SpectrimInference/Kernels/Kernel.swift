internal import SpectrimCore

/// A weight made ready to be applied to blocks of rows.
///
/// Kernels add to their output, so that the bias is simply what the output starts with and a map
/// of rank 0 has nothing to do. They are immutable: many threads may share one.
protocol Kernel: Sendable {
  /// Floats that one row needs in each of the two buffers of `Scratch`.
  var scratchWidth: Int { get }

  /// `Y += X Wᵀ`.
  /// - Shape: input `[rowCount, in]`, output `[rowCount, out]`.
  func addProduct(
    of input: Span<Float>, rowCount: Int, to output: inout MutableSpan<Float>,
    scratch: inout Scratch)
}

/// What stands between the factors of a kernel while it runs; the content does not outlive a call.
struct Scratch: Sendable {
  var first: [Float] = []
  var second: [Float] = []

  /// Makes both buffers at least `count` floats long.
  mutating func reserve(_ count: Int) {
    first.grow(to: count)
    second.grow(to: count)
  }
}

extension [Float] {
  /// Makes a buffer, whose content does not matter, at least `count` floats long.
  mutating func grow(to count: Int) {
    if self.count < count { self = Array(repeating: 0, count: count) }
  }
}

/// The kernel of a stored form: the one place that knows which kernel runs what.
func makeKernel(for weight: Representation) -> any Kernel {
  switch weight {
  case .dense(let matrix): DenseKernel(matrix)
  case .factorized(let factors): FactorizedKernel(factors)
  case .chain(let chain): ChainKernel(chain)
  case .lora(let lora): LoRAKernel(lora)
  case .quantized(let matrix): QuantizedKernel(matrix)
  case .quantizedLowRank(let factors): QuantizedLowRankKernel(factors)
  }
}
