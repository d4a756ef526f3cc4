internal import SpectrimCore

/// Takes neurons out of layers, with their columns in the layers that follow.
///
/// A neuron whose row is zero gives `activation(bias)` whatever the input, which goes into the next
/// bias; one whose column in the next layer is zero gives nothing. Both are exact. Of the others
/// those go first that matter least: the norm of the row times that of the column, which no
/// rescaling between the two layers changes.
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
    guard layers[index].operation == .linear, layers[index + 1].operation == .linear else {
      return "only those between two linear layers can go"
    }
    guard let activations = activations(after: index) else {
      return "what stands between it and `\(layers[index + 1].name)` mixes neurons"
    }
    return activations.contains(.softmax) ? "its softmax mixes neurons" : nil
  }

  /// The layers of the model without the neurons that are to go.
  /// - Parameter prunings: one per layer; other kinds than neurons change nothing here, and those
  ///   of neurons must have no obstacle.
  func layers(_ prunings: [Pruning?]) throws -> [Layer] {
    var layers = model.layers
    for (index, pruning) in prunings.enumerated() {
      guard case .neurons(let share)? = pruning else { continue }
      let (matrix, next) = (layers[index].weight.product(), layers[index + 1].weight.product())
      guard (matrix.elements + next.elements).allSatisfy(\.isFinite) else { continue }
      let removed = Set(Self.weakest(of: matrix, before: next, share))
      guard !removed.isEmpty else { continue }
      let kept = (0..<matrix.rowCount).filter { !removed.contains($0) }
      let constants = constants(of: layers[index], at: index)
      layers[index + 1] = try layers[index + 1].selecting(
        columns: kept, bias: Self.bias(of: layers[index + 1], next, removed.sorted(), constants))
      layers[index] = try layers[index].selecting(rows: kept)
    }
    return layers
  }

  /// The functions between a layer and the next; `nil` if there is more than functions.
  private func activations(after index: Int) -> [Activation]? {
    let names = (model.layers[index].name, model.layers[index + 1].name)
    guard let start = model.steps.firstIndex(where: { $0.name == names.0 }),
      let end = model.steps.firstIndex(where: { $0.name == names.1 })
    else { return nil }
    var activations = [model.layers[index].activation]
    for step in model.steps[start + 1..<end] {
      guard case .transform(let transform) = step,
        case .activation(let activation) = transform.operation
      else { return nil }
      activations.append(activation)
    }
    return activations
  }

  /// At least one neuron stays, so that there is a layer.
  private static func weakest(
    of matrix: Matrix<Float>, before next: Matrix<Float>, _ share: Double?
  ) -> [Int] {
    let columns = next.transposed
    let scores = (0..<matrix.rowCount).map { row in
      Frobenius.norm(matrix.row(row)) * Frobenius.norm(columns.row(row))
    }
    let count = share.map { Pruning.count($0, of: scores.count) } ?? scores.count { $0 == 0 }
    return Pruning.smallest(min(count, scores.count - 1), of: scores)
  }

  /// What every neuron gives where its row is zero.
  private func constants(of layer: Layer, at index: Int) -> [Float] {
    var values = Matrix(
      Shape(1, layer.outputCount),
      layer.bias?.values ?? Array(repeating: 0, count: layer.outputCount))
    for activation in activations(after: index) ?? [] { activation.apply(to: &values) }
    return values.elements
  }

  private static func bias(
    of layer: Layer, _ matrix: Matrix<Float>, _ removed: [Int], _ constants: [Float]
  ) -> Bias? {
    let shifts = (0..<matrix.rowCount).map { row in
      removed.reduce(0.0) { $0 + Double(matrix[row, $1]) * Double(constants[$1]) }
    }
    guard shifts.contains(where: { $0 != 0 }) else { return layer.bias }
    let values = layer.bias?.values ?? Array(repeating: 0, count: shifts.count)
    return Bias(zip(values, shifts).map { Float(Double($0) + $1) })
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
