internal import SpectrimCore
internal import SpectrimLinearAlgebra
internal import SpectrimSpectra

/// A layer with what has been computed of its weight.
///
/// Unchecked: a layer is in the hands of one task at a time; planner and converter give each layer
/// to one task and wait for all.
final class AnalysedLayer: @unchecked Sendable {
  let layer: Layer
  /// What is set to zero; neurons are already left out of the layer.
  let pruning: Pruning?
  /// `[out, in]` before neurons were left out.
  let sourceShape: Shape
  /// `‖W‖` of the layer before neurons were left out, if any were.
  private let givenSourceNorm: Double?
  private var kept: (decomposition: SpectralDecomposition, spectrum: EmpiricalSpectrum)?
  private var factors: [Int: SplitFactors] = [:]

  init(_ layer: Layer, pruning: Pruning? = nil) {
    self.layer = layer
    self.pruning = pruning
    sourceShape = layer.weight.shape
    givenSourceNorm = nil
  }

  /// A layer that was made from another one.
  init(_ layer: Layer, pruning: Pruning?, from source: AnalysedLayer) {
    self.layer = layer
    self.pruning = pruning
    sourceShape = source.sourceShape
    givenSourceNorm = source.sourceNorm
  }

  private lazy var source: Matrix<Float> = layer.weight.product()

  /// Columns that are zero because they were pruned.
  private(set) lazy var deadColumns: [Int] = pruning?.deadColumns(of: source) ?? []

  /// The dense matrix that the layer stands for, without pruned columns.
  private(set) lazy var matrix: Matrix<Float> =
    deadColumns.isEmpty ? source : source.zeroing(columns: deadColumns)

  /// Whether all weights are finite; others have no spectrum and no codes.
  private(set) lazy var isFinite: Bool = matrix.elements.allSatisfy(\.isFinite)

  /// Why nothing can be done with the weight, if so.
  var obstacle: String? {
    if layer.weight.shape.elementCount == 0 { return "it has no weights" }
    return isFinite ? nil : "it holds values that are not finite"
  }

  /// `‖W‖` in the Frobenius norm.
  private(set) lazy var norm: Double = Frobenius.norm(matrix)

  /// `‖W‖` of the layer before rows and columns were pruned.
  private(set) lazy var sourceNorm: Double =
    givenSourceNorm ?? (deadColumns.isEmpty ? norm : Frobenius.norm(source))

  /// The type that floats made from this layer are stored in: that of its dense source.
  var elementType: ElementType {
    if case .dense(let weight) = layer.weight { weight.elementType } else { .float32 }
  }

  /// All singular values.
  func spectrum() throws -> EmpiricalSpectrum { try decomposed().spectrum }

  /// The leading components with `√S` on both sides.
  ///
  /// Always computed for exactly this rank, never cut from more, so that a replayed plan sees the
  /// same last digits.
  func splitFactors(rank: Int) throws -> SplitFactors {
    if let known = factors[rank] { return known }
    if factors.count == Self.factorLimit { factors.removeAll() }
    let split = SplitFactors(try decomposed().decomposition.leadingFactors(rank: rank))
    factors[rank] = split
    return split
  }

  /// How many pairs of factors are kept: what a search compares, and what it found last. Together
  /// they are no larger than the matrix where factors pay at all.
  private static let factorLimit = 2

  /// `‖W − Ŵ‖ / ‖W‖`, 0 for a zero matrix that stays zero; what pruned rows and columns held is
  /// left out.
  func relativeError(of weight: Representation) -> Double {
    let distance = Frobenius.distance(matrix, weight.product())
    return distance == 0 ? 0 : distance / norm
  }

  /// `‖W − Ŵ‖ / ‖W‖` with the rows and columns that were pruned, which are zero in `Ŵ`.
  func totalRelativeError(of weight: Representation) -> Double {
    guard lostShare > 0 else { return relativeError(of: weight) }
    let distance = Frobenius.distance(matrix, weight.product()) / sourceNorm
    return (distance * distance + lostShare).squareRoot()
  }

  /// The share of the source's `Σ w²` in the rows and columns that were pruned.
  private(set) lazy var lostShare: Double = {
    guard givenSourceNorm != nil || !deadColumns.isEmpty, sourceNorm > norm else { return 0 }
    return 1 - norm * norm / (sourceNorm * sourceNorm)
  }()

  /// The share of the source's `Σ s²` that the kept components hold.
  func energyKept(_ form: WeightForm) throws -> Double {
    let kept = try form.rank.map { try spectrum().energyKept(rank: $0) } ?? 1
    return kept * (1 - lostShare)
  }

  /// The layer with its pruned dense matrix, for a search that knows nothing of pruning.
  func prunedDense() throws -> AnalysedLayer {
    let pruned = pruning?.zeroing([matrix])[0] ?? matrix
    let weight = Representation.dense(WeightMatrix(pruned, storedAs: elementType))
    return AnalysedLayer(
      try layer.replacing(weight: weight, bias: layer.bias), pruning: pruning,
      from: self)
  }

  /// The form that changes nothing but what is pruned.
  var unchangedForm: WeightForm {
    switch pruning {
    case nil, .neurons: .asStored
    case .columns where lostShare == 0: .asStored
    case .columns, .magnitude, .threshold: .dense
    }
  }

  private func decomposed() throws -> (
    decomposition: SpectralDecomposition, spectrum: EmpiricalSpectrum
  ) {
    if let kept { return kept }
    let decomposition = try SpectralDecomposition(matrix)
    let spectrum = EmpiricalSpectrum(
      singularValues: decomposition.singularValues, shape: decomposition.shape)
    kept = (decomposition, spectrum)
    return (decomposition, spectrum)
  }
}
