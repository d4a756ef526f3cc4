internal import SpectrimCore
internal import SpectrimLinearAlgebra
internal import SpectrimReports
internal import SpectrimSpectra

extension LayerSpectrum {
  /// Decomposes the matrix that a layer stores; factors are not multiplied for it.
  /// - Throws: `LinearAlgebraError`.
  init(_ layer: Layer, controlSeed: UInt64?) throws(LinearAlgebraError) {
    let matrix: Matrix<Float>
    let values: [Double]
    if let (u, v) = layer.weight.factorPair {
      // Only the entries themselves need the product: how many are small, and where they stand.
      matrix = u.timesTransposed(v)
      values = try FactorPairSpectrum.singularValues(ofProduct: u, v: v)
    } else {
      matrix = layer.weight.materialized()
      values = try SpectralDecomposition(matrix).singularValues
    }
    let spectrum = EmpiricalSpectrum(singularValues: values, shape: matrix.shape)
    var control: ShuffledControl?
    if let controlSeed { control = try ShuffledControl(matrix, seed: controlSeed) }
    self.init(
      spectrum, sparsity: matrix.sparsity(), noise: layer.noise(in: spectrum), control: control)
  }
}

extension Layer {
  /// The noise of a matrix that was not cut; of others nothing is left to measure it by.
  fileprivate func noise(in spectrum: EmpiricalSpectrum) -> NoiseEstimate? {
    guard weight.rank == nil else { return nil }
    let method = NoiseEstimator.preferredMethod(initializer: initializer)
    return NoiseEstimator.estimate(method, spectrum: spectrum, initializer: initializer)
  }
}

extension Representation {
  /// The two factors of a weight that is just a pair.
  fileprivate var factorPair: (u: Matrix<Float>, v: Matrix<Float>)? {
    switch self {
    case .factorized(let pair): (pair.u.values, pair.v.values)
    case .quantizedLowRank(let pair): (pair.u.materialized(), pair.v.materialized())
    case .dense, .chain, .lora, .quantized: nil
    }
  }
}
