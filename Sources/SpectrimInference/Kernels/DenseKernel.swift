internal import SpectrimCore

/// `Y += X Wᵀ` with `W` as it is.
struct DenseKernel: Kernel {
  private let weight: Factor

  init(_ matrix: WeightMatrix) {
    weight = Factor(matrix.values)
  }

  var scratchWidth: Int { 0 }

  func addProduct(
    of input: Span<Float>, rowCount: Int, to output: inout MutableSpan<Float>,
    scratch: inout Scratch
  ) {
    weight.multiply(input, rowCount: rowCount, into: &output, adding: true)
  }
}
