public import SpectrimCore
internal import SpectrimLinearAlgebra
internal import SpectrimSpectra

/// A model with the decompositions of its layers, computed when first asked for and kept, so that
/// planning and converting share them.
///
/// Planning and converting take one layer after another; only neurons are taken out of two layers
/// at once, before anything is decomposed. Whoever streams a large model analyses one layer at a
/// time.
public final class AnalysedModel {
  /// The model.
  public let model: Model
  let layers: [AnalysedLayer]
  private var pruned: (prunings: [Pruning?], layers: [AnalysedLayer])?

  /// Wraps a model; nothing is computed yet.
  public init(_ model: Model) {
    self.model = model
    layers = model.layers.map { AnalysedLayer($0) }
  }

  /// The layers as they are to be pruned, one setting per layer.
  ///
  /// Those of the last settings are kept.
  func layers(_ prunings: [Pruning?]) throws -> [AnalysedLayer] {
    guard prunings.contains(where: { $0 != nil }) else { return layers }
    if let pruned, pruned.prunings == prunings { return pruned.layers }
    let narrowed = try NeuronPruning(model: model).layers(prunings)
    let layers = zip(self.layers, zip(narrowed, prunings)).map { source, made in
      let (layer, pruning) = made
      if layer == source.layer, pruning == nil { return source }
      return AnalysedLayer(layer, pruning: pruning, from: source)
    }
    pruned = (prunings, layers)
    return layers
  }
}
