public import SpectrimCore
internal import SpectrimLinearAlgebra
internal import SpectrimSpectra

/// A model with the decompositions of its layers, computed when first asked for and kept, so that
/// planning and converting share them.
///
/// Planning and converting take one layer after another and nothing across layers; whoever
/// streams a large model analyses one layer at a time.
public final class AnalysedModel {
  /// The model.
  public let model: Model
  let layers: [AnalysedLayer]

  /// Wraps a model; nothing is computed yet.
  public init(_ model: Model) {
    self.model = model
    layers = model.layers.map(AnalysedLayer.init)
  }
}

/// A layer with what has been computed of its weight.
///
/// Unchecked: a layer is in the hands of one task at a time; planner and converter give each layer
/// to one task and wait for all.
final class AnalysedLayer: @unchecked Sendable {
  let layer: Layer
  private var kept: (decomposition: SpectralDecomposition, spectrum: EmpiricalSpectrum)?
  private var factors: [Int: SplitFactors] = [:]

  init(_ layer: Layer) { self.layer = layer }

  /// The dense matrix that the layer stands for.
  private(set) lazy var matrix: Matrix<Float> = layer.weight.product()

  /// Whether all weights are finite; others have no spectrum and no codes.
  private(set) lazy var isFinite: Bool = matrix.elements.allSatisfy(\.isFinite)

  /// Why nothing can be done with the weight, if so.
  var obstacle: String? {
    if layer.weight.shape.elementCount == 0 { return "it has no weights" }
    return isFinite ? nil : "it holds values that are not finite"
  }

  /// `‖W‖` in the Frobenius norm.
  private(set) lazy var norm: Double = Frobenius.norm(matrix)

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

  /// `‖W − Ŵ‖ / ‖W‖`, 0 for a zero matrix that stays zero.
  func relativeError(of weight: Representation) -> Double {
    let distance = Frobenius.distance(matrix, weight.product())
    return distance == 0 ? 0 : distance / norm
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
