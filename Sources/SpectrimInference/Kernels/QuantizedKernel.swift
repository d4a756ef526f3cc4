internal import SpectrimCore

/// `Y += X Wᵀ` with the codes of `W` turned into floats when the model is loaded.
struct QuantizedKernel: Kernel {
  private let weight: Factor

  init(_ matrix: QuantizedMatrix) {
    weight = Factor(matrix.materialized())
  }

  var scratchWidth: Int { 0 }

  func addProduct(
    of input: Span<Float>, rowCount: Int, to output: inout MutableSpan<Float>,
    scratch: inout Scratch
  ) {
    weight.multiply(input, rowCount: rowCount, into: &output, adding: true)
  }
}
