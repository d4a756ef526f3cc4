internal import SpectrimCore

/// Takes neurons, or channels of a convolution, out of layers with their columns in the layers that
/// follow.
///
/// A neuron whose row is zero gives `activation(bias)` whatever the input, which goes into the next
/// bias; one whose columns in the next layer are zero gives nothing. Both are exact, the former not
/// where a convolution pads the constant with zeros. Of the others those go first that matter
/// least: the norm of the row times that of the columns, which no rescaling between the two layers
/// changes.
struct NeuronPruning {
  let model: Model

  /// What is wrong with asking for it.
  static func problem(layer: String, _ obstacle: String, _ pruning: Pruning?) -> CompressionError {
    .usage(
      argument: "prune", found: pruning?.description ?? "",
      expected: "another pruning for layer `\(layer)`, because \(obstacle)",
      example: "columns=0.1")
  }

  /// Why a layer cannot lose neurons, if so.
  func obstacle(at index: Int) -> String? {
    let layers = model.layers
    guard index + 1 < layers.count else { return "its outputs are those of the model" }
    guard layers[index].groupCount == 1, layers[index + 1].groupCount == 1 else {
      return "channels in groups cannot go"
    }
    if layers[index].activation == .softmax { return "its softmax mixes neurons" }
    return transforms(after: index).first { !$0.keepsNeuronsApart }.map {
      "`\($0.name)` mixes or weighs neurons"
    }
  }

  /// The layers of the model without the neurons that are to go.
  /// - Parameter prunings: one per layer; other kinds than neurons change nothing here, and those
  ///   of neurons must have no obstacle.
  func layers(_ prunings: [Pruning?]) throws -> [Layer] {
    var layers = model.layers
    for (index, pruning) in prunings.enumerated() {
      guard case .neurons(let share)? = pruning else { continue }
      let pair = NeuronPair(
        of: layers[index], before: layers[index + 1],
        transforms: transforms(after: index).compactMap(\.activation))
      let removed = pair.weakest(share)
      guard !removed.isEmpty else { continue }
      let kept = (0..<layers[index].outputCount).filter { !removed.contains($0) }
      layers[index + 1] = try layers[index + 1].selecting(
        columns: kept.flatMap(pair.columns), bias: pair.bias(without: removed.sorted()))
      layers[index] = try layers[index].selecting(rows: kept)
    }
    return layers
  }

  /// The steps between a layer and the next.
  private func transforms(after index: Int) -> [Transform] {
    let names = (model.layers[index].name, model.layers[index + 1].name)
    let steps = model.steps.drop { $0.name != names.0 }.dropFirst().prefix { $0.name != names.1 }
    return steps.compactMap { if case .transform(let transform) = $0 { transform } else { nil } }
  }
}

extension Transform {
  /// Whether a neuron that gives a constant still gives one behind this step, the same whatever
  /// the others give, and nothing in the step belongs to single neurons.
  fileprivate var keepsNeuronsApart: Bool {
    switch operation {
    case .activation(let activation): activation != .softmax
    case .flatten: true
    case .pool(let pooling): !pooling.countsPadding || pooling.window.padding.isEmpty
    case .layerNormalization, .affine: false
    }
  }

  fileprivate var activation: Activation? {
    if case .activation(let activation) = operation { activation } else { nil }
  }
}

extension Layer {
  fileprivate func selecting(rows: [Int]) throws(ModelError) -> Layer {
    let bias: Bias? =
      switch bias {
      case .values(let values, let type): .values(rows.map { values[$0] }, storedAs: type)
      case .codes(let codes, let exponents):
        .codes(rows.map { codes[$0] }, exponents: rows.map { exponents[$0] })
      case nil: nil
      }
    return try replacing(weight: weight.selecting(rows: rows), narrowedBias: bias)
  }

  fileprivate func selecting(columns: [Int], bias: Bias?) throws(ModelError) -> Layer {
    try replacing(weight: weight.selecting(columns: columns), narrowedBias: bias)
  }

  private func replacing(
    weight: Representation, narrowedBias bias: Bias?
  ) throws(ModelError) -> Layer {
    try Layer(
      name: name, operation: operation, weight: weight, bias: bias, activation: activation,
      initializer: initializer, inputQuantization: inputQuantization)
  }
}
