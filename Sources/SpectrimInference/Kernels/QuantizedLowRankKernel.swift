internal import SpectrimCore

/// `Y += (X V) Uᵀ` with the codes of both factors turned into floats when the model is loaded.
struct QuantizedLowRankKernel: Kernel {
  private let u: Factor
  private let v: Factor

  init(_ factors: QuantizedLowRank) {
    // A column without codes on either side adds nothing to the product.
    let columns = (0..<factors.u.shape.columnCount).filter {
      !factors.u.lacksColumn($0) && !factors.v.lacksColumn($0)
    }
    u = Factor(factors.u.materialized().keeping(columns: columns))
    v = Factor(transposing: factors.v.materialized().keeping(columns: columns))
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

extension QuantizedMatrix {
  fileprivate func lacksColumn(_ index: Int) -> Bool {
    guard case .exponents(let exponents) = columnFactors else { return false }
    return exponents[index] == ScaleFactors.absent
  }
}

extension Matrix<Float> {
  fileprivate func keeping(columns: [Int]) -> Matrix {
    if columns.count == columnCount { return self }
    var kept: [Float] = []
    kept.reserveCapacity(rowCount * columns.count)
    for row in 0..<rowCount { for column in columns { kept.append(self[row, column]) } }
    return Matrix(Shape(rowCount, columns.count), kept)
  }
}
