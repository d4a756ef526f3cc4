internal import SpectrimCore
internal import SpectrimLinearAlgebra

/// Norms over all elements, summed in `Double`.
enum Frobenius {
  static func norm(_ matrix: Matrix<Float>) -> Double { norm(matrix.elements[...]) }

  static func norm(_ elements: ArraySlice<Float>) -> Double {
    var sum = 0.0
    for element in elements { sum += Double(element) * Double(element) }
    return sum.squareRoot()
  }

  /// `‖A − B‖` of two matrices of one shape.
  static func distance(_ first: Matrix<Float>, _ second: Matrix<Float>) -> Double {
    precondition(first.shape == second.shape, "\(first.shape) minus \(second.shape)")
    var sum = 0.0
    for (left, right) in zip(first.elements, second.elements) {
      let difference = Double(left) - Double(right)
      sum += difference * difference
    }
    return sum.squareRoot()
  }
}

extension Representation {
  /// The dense matrix, with products of factors by BLAS.
  func product() -> Matrix<Float> {
    switch self {
    case .dense(let weight): weight.values
    case .factorized(let factors): factors.u.values.timesTransposed(factors.v.values)
    case .chain(let chain):
      chain.factors.dropFirst().reduce(chain.factors[0].values) { $0.times($1.values) }
    case .quantized(let matrix): matrix.materialized()
    case .quantizedLowRank(let factors):
      factors.u.materialized().timesTransposed(factors.v.materialized())
    case .lora(let lora):
      lora.adapters.reduce(lora.base.product()) { sum, adapter in
        let (added, scaling) = (adapter.b.values.times(adapter.a.values), Float(adapter.scaling))
        return Matrix(
          sum.shape, zip(sum.elements, added.elements).map { $0 + scaling * $1 })
      }
    }
  }
}
