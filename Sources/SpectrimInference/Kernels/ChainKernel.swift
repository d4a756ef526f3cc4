internal import SpectrimCore

/// `Y += ((X F₍ₖ₋₁₎ᵀ) … F₁ᵀ) F₀ᵀ`: one product per factor, from the input side.
struct ChainKernel: Kernel {
  /// The factors in the order they are applied.
  private let factors: [Factor]

  init(_ chain: FactorChain) {
    factors = chain.factors.reversed().map { Factor($0.values) }
  }

  var scratchWidth: Int { factors.dropLast().map(\.outputCount).max() ?? 0 }

  func addProduct(
    of input: Span<Float>, rowCount: Int, to output: inout MutableSpan<Float>,
    scratch: inout Scratch
  ) {
    var between = scratch.first.mutableSpan
    factors[0].multiply(input, rowCount: rowCount, into: &between)
    for index in 1..<factors.count - 1 {
      factors[index].multiply(scratch.first, rowCount: rowCount, into: &scratch.second)
      swap(&scratch.first, &scratch.second)
    }
    factors[factors.count - 1].multiply(
      scratch.first.span, rowCount: rowCount, into: &output, adding: true)
  }
}
