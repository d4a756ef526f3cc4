public import SpectrimCore

extension Model {
  /// A network of fully connected layers `fc1`, `fc2`, … before its first step.
  /// - Parameters:
  ///   - widths: the inputs, the outputs of every hidden layer, the classes; at least two.
  ///   - activation: what hidden layers apply; the last one gives scores.
  ///   - input: what the first layer expects; its element count is the first width.
  /// - Throws: `ModelError` when the widths are not positive or do not fit the input.
  public static func multilayerPerceptron(
    name: String, widths: [Int], activation: Activation = .relu, form: WeightForm = .dense,
    initial: InitialWeights = .drawn(.pytorch), input: ModelInput, seed: UInt64
  ) throws(ModelError) -> Model {
    guard widths.count >= 2, widths.allSatisfy({ $0 > 0 }) else {
      throw .invalid("layers \(widths); expected two or more positive widths")
    }
    var generator = SeededGenerator(seed: seed)
    var layers: [Layer] = []
    for index in 1..<widths.count {
      layers.append(
        try Layer(
          name: "fc\(index)", Shape(widths[index], widths[index - 1]), form: form, initial: initial,
          activation: index == widths.count - 1 ? .none : activation, using: &generator))
    }
    return try Model(name: name, input: input, layers: layers)
  }

  /// The model with one adapter on every layer: A is normal with deviation `1/√in`, B is 0, so that
  /// the scores do not change before training. An adapter that a layer has already is kept.
  /// - Parameters:
  ///   - rank: at most the smaller side is used.
  ///   - scaling: the factor `s` of `s · B A`; by default `alpha`, as chapter 11 applies it.
  /// - Throws: `ModelError` when a layer has an adapter of this name already.
  /// - Source: `LoRALayer` of chapter 11.
  public func withAdapters(
    name: String = "default", rank: Int, alpha: Double = 1, scaling: Double? = nil, seed: UInt64
  ) throws(ModelError) -> Model {
    precondition(rank > 0, "a rank is positive")
    var generator = SeededGenerator(seed: seed)
    var adapted: [Layer] = []
    for layer in layers {
      let shape = layer.weight.shape
      let rank = min(rank, shape.smallerSide)
      let a = Initializer.random.matrix(Shape(rank, shape.columnCount), using: &generator)
      let adapter = try LoRA.Adapter(
        name: name, a: WeightMatrix(a),
        b: WeightMatrix(Matrix(repeating: 0, Shape(shape.rowCount, rank))),
        alpha: alpha, scaling: scaling ?? alpha)
      let lora =
        if case .lora(let stack) = layer.weight {
          try LoRA(base: stack.base, adapters: stack.adapters + [adapter])
        } else {
          try LoRA(base: layer.weight, adapters: [adapter])
        }
      adapted.append(try layer.replacing(weight: .lora(lora), bias: layer.bias))
    }
    return try replacing(layers: adapted, record: record)
  }
}

extension Layer {
  /// A layer before its first step.
  /// - Shape: `[out, in]`.
  init(
    name: String, operation: SpectrimCore.Operation = .linear, _ shape: Shape, form: WeightForm,
    initial: InitialWeights, activation: Activation = .none,
    using generator: inout SeededGenerator
  ) throws(ModelError) {
    let weight = try form.weight(shape, initial, using: &generator)
    try self.init(
      name: name, operation: operation, weight: weight,
      bias: initial.bias(shape, using: &generator), activation: activation,
      initializer: weight.kind == .dense ? initial.initializer : nil)
  }
}
