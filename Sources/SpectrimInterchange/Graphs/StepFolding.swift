package import SpectrimCore

/// Brings the steps of a network that was read into their shortest form: affine steps (trained batch
/// normalizations) vanish into a neighbour with dense weights where that changes nothing, and a
/// function alone joins the layer in front.
package struct StepFolding {
  /// The steps so far.
  private var steps: [Step] = []
  /// What each of them takes.
  private var shapes: [FeatureShape] = []
  /// What became of the steps that vanished, for people.
  private var notes: [String] = []

  private init() {}

  /// Folds what can be folded exactly and keeps the rest.
  /// - Parameter input: What the first step takes.
  /// - Throws: `ModelError` when a step does not take what the one before it gives.
  package static func folded(
    _ steps: [Step], input: FeatureShape
  ) throws(ModelError) -> (steps: [Step], notes: [String]) {
    var folding = StepFolding()
    var shape = input
    for step in steps {
      let output = try step.outputShape(for: shape)
      try folding.append(step, taking: shape)
      shape = output
    }
    return (folding.steps, folding.notes)
  }

  private mutating func append(_ step: Step, taking shape: FeatureShape) throws(ModelError) {
    switch step {
    case .layer(var layer):
      while let folded = try foldLastAffine(into: layer) { layer = folded }
      push(.layer(layer), taking: shape)
    case .transform(let transform) where transform.operation == .activation(.none): break
    case .transform(let transform):
      if let folded = try lastLayer?.absorbing(following: transform) {
        if case .affine = transform.operation { note(transform.name, into: folded) }
        steps[steps.count - 1] = .layer(folded)
      } else {
        push(step, taking: shape)
      }
    }
  }

  private mutating func push(_ step: Step, taking shape: FeatureShape) {
    steps.append(step)
    shapes.append(shape)
  }

  private var lastLayer: Layer? { steps.last?.layer }

  /// The layer that does the work of the affine step in front of it too, or of one in front of a
  /// flatten between; that step is then gone.
  private mutating func foldLastAffine(into layer: Layer) throws(ModelError) -> Layer? {
    var index = steps.count - 1
    if index > 0, steps[index].kind == .flatten { index -= 1 }
    guard index >= 0, case .transform(let transform) = steps[index],
      case .affine(let affine) = transform.operation
    else { return nil }
    // Linear layers see one column per element, a channel of a map being a run of them.
    let isWide = index < steps.count - 1 && affine.scale.count > 0
    let runLength = isWide ? shapes[index].elementCount / affine.scale.count : 1
    guard let folded = try layer.absorbing(preceding: affine, runLength: runLength) else {
      return nil
    }
    steps.remove(at: index)
    shapes.remove(at: index)
    note(transform.name, into: folded)
    return folded
  }

  private mutating func note(_ name: String, into layer: Layer) {
    notes.append("batch normalization `\(name)` is folded into layer `\(layer.name)`")
  }
}
