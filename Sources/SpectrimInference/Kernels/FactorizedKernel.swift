internal import SpectrimCore

/// `Y += (X V) Uᵀ`: two thin products, never the matrix `U Vᵀ`.
struct FactorizedKernel: Kernel {
  private let u: Factor
  private let v: Factor

  init(_ factors: Factorized) {
    u = Factor(factors.u.values)
    v = Factor(transposing: factors.v.values)
  }

  var scratchWidth: Int { u.inputCount }

  func addProduct(
    of input: Span<Float>, rowCount: Int, to output: inout MutableSpan<Float>,
    scratch: inout Scratch
  ) {
    var low = scratch.first.mutableSpan
    v.multiply(input, rowCount: rowCount, into: &low)
    u.multiply(low.span, rowCount: rowCount, into: &output, adding: true)
  }
}
