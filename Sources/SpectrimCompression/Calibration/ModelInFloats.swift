internal import SpectrimCore

extension Model {
  /// The model with dense weights and without what its last layer applies to the scores.
  func denseUpToScores() throws(ModelError) -> Model {
    var steps = steps
    if case .transform(let transform) = steps.last, case .activation = transform.operation {
      steps.removeLast()
    }
    let last = steps.lastIndex { $0.layer != nil }
    var plain: [Step] = []
    for (index, step) in steps.enumerated() {
      guard let layer = step.layer else {
        plain.append(step)
        continue
      }
      plain.append(
        .layer(
          try Layer(
            name: layer.name, operation: layer.operation,
            weight: .dense(WeightMatrix(layer.weight.product())), bias: layer.bias,
            activation: index == last ? .none : layer.activation)))
    }
    return try Model(name: name, input: input, steps: plain)
  }
}

extension Representation {
  /// The same map in floats, factors staying factors.
  var inFloats: Representation {
    get throws(ModelError) {
      guard case .quantizedLowRank(let factors) = self else {
        return .dense(WeightMatrix(materialized()))
      }
      return .factorized(
        try Factorized(
          u: WeightMatrix(factors.u.materialized()), v: WeightMatrix(factors.v.materialized())))
    }
  }
}
