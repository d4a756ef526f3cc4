internal import SpectrimCore

/// The weight of one layer of Keras.
/// - Shape: `[out, in]`.
enum KerasKernel {
  case floats(Matrix<Float>)
  /// Codes with a factor per output.
  case codes(Matrix<Int8>, scales: [Float])

  var shape: Shape {
    switch self {
    case .floats(let matrix): matrix.shape
    case .codes(let matrix, _): matrix.shape
    }
  }

  /// The floats that it stands for.
  var floats: Matrix<Float> {
    switch self {
    case .floats(let matrix): matrix
    case .codes(let matrix, let scales):
      Matrix(
        matrix.shape,
        matrix.elements.indices.map {
          Float(matrix.elements[$0]) * scales[$0 / matrix.columnCount]
        })
    }
  }

  /// With the inputs in another order.
  func selecting(columns: [Int]) -> KerasKernel {
    switch self {
    case .floats(let matrix): .floats(matrix.selecting(columns: columns))
    case .codes(let matrix, let scales):
      .codes(matrix.selecting(columns: columns), scales: scales)
    }
  }

  /// The kernels whose layers, one after the other from the input, do what a weight does, and what
  /// Keras cannot hold of it, as a clause.
  static func kernels(of weight: Representation) -> (kernels: [KerasKernel], note: String?) {
    // A layer of Keras has at least one unit.
    if weight.rank == 0 { return ([.floats(weight.materialized())], nil) }
    switch weight {
    case .dense(let matrix): return ([.floats(matrix.values)], nil)
    case .factorized(let factors):
      return ([.floats(factors.v.values.transposed), .floats(factors.u.values)], nil)
    case .chain(let chain): return (chain.factors.reversed().map { .floats($0.values) }, nil)
    case .lora: return ([.floats(weight.materialized())], "its adapters are merged")
    case .quantized(let matrix):
      if let kernel = codes(of: matrix) { return ([kernel], nil) }
      return ([.floats(matrix.materialized())], "its codes become floats")
    case .quantizedLowRank(let factors):
      let (left, right) = (codes(of: factors.u), codes(ofTransposed: factors.v))
      return (
        [
          right ?? .floats(factors.v.materialized().transposed),
          left ?? .floats(factors.u.materialized()),
        ],
        left == nil || right == nil ? "codes with a scale per input become floats" : nil
      )
    }
  }

  /// Codes that have no scale per input.
  private static func codes(of matrix: QuantizedMatrix) -> KerasKernel? {
    guard matrix.columnFactors == nil, matrix.codes.shape == matrix.shape,
      let scales = scales(matrix.rowFactors, count: matrix.shape.rowCount)
    else { return nil }
    return .codes(matrix.codes, scales: scales)
  }

  private static func codes(ofTransposed matrix: QuantizedMatrix) -> KerasKernel? {
    guard matrix.rowFactors == nil, matrix.codes.shape == matrix.shape,
      let scales = scales(matrix.columnFactors, count: matrix.shape.columnCount)
    else { return nil }
    return .codes(matrix.codes.transposed, scales: scales)
  }

  /// A factor per output whose reciprocal Keras can store.
  private static func scales(_ factors: ScaleFactors?, count: Int) -> [Float]? {
    let scales: [Float] =
      switch factors {
      case nil: Array(repeating: 1, count: count)
      case .scales(let values, _):
        values.count == count ? values : Array(repeating: values.first ?? 1, count: count)
      case .exponents(let values):
        values.map { Float(sign: .plus, exponent: Int($0), significand: 1) }
      }
    return scales.allSatisfy { $0 > 0 && (1 / $0).isNormal } ? scales : nil
  }
}
