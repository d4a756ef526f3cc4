internal import SpectrimCore

extension ONNXGraphWriter {
  /// Adds one step of a model.
  /// - Parameter shape: What the step takes.
  /// - Returns: The name of what it gives.
  mutating func add(_ step: Step, to input: String, taking shape: FeatureShape) throws -> String {
    switch step {
    case .layer(let layer):
      let sum = try apply(layer.weight, of: layer, to: input, named: layer.name, bias: layer.bias)
      return try activate(layer.activation, sum, named: layer.name)
    case .transform(let transform): return try add(transform, to: input, taking: shape)
    }
  }

  private mutating func apply(
    _ weight: Representation, of layer: Layer, to input: String, named name: String, bias: Bias?
  ) throws -> String {
    guard case .lora(let lora) = weight else {
      return try multiply(input, factors(of: weight), layer, bias)
    }
    var sum = try apply(lora.base, of: layer, to: input, named: name, bias: bias)
    for adapter in lora.adapters {
      let change = try multiply(
        input,
        [
          ("lora_A.\(adapter.name)", ONNXFactor(elements: .floats(adapter.a), place: .first)),
          ("lora_B.\(adapter.name)", ONNXFactor(elements: .floats(adapter.b), place: .last)),
        ], layer, nil)
      let scaled = node(
        "Mul", [change, try scalar(Float(adapter.scaling))], named: "\(name).\(adapter.name)")
      sum = node("Add", [sum, scaled], named: "\(name).\(adapter.name)")
    }
    return sum
  }

  /// The matrices of a weight without adapters, from the input side.
  private func factors(of weight: Representation) -> [(name: String, factor: ONNXFactor)] {
    func pair(
      _ v: ONNXFactor.Elements, _ u: ONNXFactor.Elements
    ) -> [(name: String, factor: ONNXFactor)] {
      [
        ("V", ONNXFactor(elements: v, isTransposed: true, place: .first)),
        ("U", ONNXFactor(elements: u, place: .last)),
      ]
    }
    switch weight {
    case .dense(let matrix):
      return [("weight", ONNXFactor(elements: .floats(matrix), place: .only))]
    case .quantized(let matrix):
      return [("weight", ONNXFactor(elements: .codes(matrix), place: .only))]
    case .factorized(let factors): return pair(.floats(factors.v), .floats(factors.u))
    case .quantizedLowRank(let factors): return pair(.codes(factors.v), .codes(factors.u))
    case .chain(let chain):
      let last = chain.factors.count - 1
      return chain.factors.enumerated().reversed().map { index, matrix in
        let place: ONNXFactor.Place = index == last ? .first : index == 0 ? .last : .middle
        return ("F\(index)", ONNXFactor(elements: .floats(matrix), place: place))
      }
    case .lora: return []
    }
  }

  /// Multiplies with one factor after another; the last adds the bias.
  private mutating func multiply(
    _ input: String, _ factors: [(name: String, factor: ONNXFactor)], _ layer: Layer, _ bias: Bias?
  ) throws -> String {
    var value = input
    for (name, factor) in factors {
      guard factor.shape.elementCount > 0 else {
        throw InterchangeError(
          .unsupported, file: file,
          "layer `\(layer.name)` has a factor without elements, rank 0, "
            + "which ONNX Runtime does not run")
      }
      let isLast = factor.place == .only || factor.place == .last
      let (fullName, constant) = ("\(layer.name).\(name)", isLast ? bias : nil)
      switch layer.operation {
      case .linear:
        value = try linear(value, factor, named: fullName, layer: layer.name, bias: constant)
      case .conv2d(let convolution):
        value = try convolve(
          value, factor, convolution, named: fullName, layer: layer.name, bias: constant)
      }
    }
    return value
  }

  private mutating func add(
    _ transform: Transform, to input: String, taking shape: FeatureShape
  ) throws -> String {
    let name = transform.name
    switch transform.operation {
    case .flatten: return node("Flatten", [input], named: name, [.init("axis", 1)])
    case .activation(let function): return try activate(function, input, named: name)
    case .pool(let pooling):
      let isMaximum = pooling.kind == .maximum
      var attributes = pooling.window.attributes
      if !isMaximum {
        attributes.append(.init("count_include_pad", pooling.countsPadding ? 1 : 0))
        // Before version 19 an average has no dilations.
        if pooling.window.dilation == Extent(1) {
          attributes.removeAll { $0.name == "dilations" }
        } else {
          require(operatorSet: 19)
        }
      }
      return node(isMaximum ? "MaxPool" : "AveragePool", [input], named: name, attributes)
    case .layerNormalization(let norm):
      let scale = try floats("\(name).weight", norm.scale, sides: shape.sides)
      let shift = try floats("\(name).bias", norm.shift, sides: shape.sides)
      return node(
        "LayerNormalization", [input, scale, shift], named: name,
        [.init("axis", 1), .init("epsilon", norm.epsilon)])
    case .affine(let affine):
      let sides = [affine.scale.count] + shape.sides.dropFirst().map { _ in 1 }
      let scale = try floats("\(name).scale", affine.scale, sides: sides)
      let shift = try floats("\(name).shift", affine.shift, sides: sides)
      let product = node("Mul", [input, scale], named: "\(name).scale")
      return node("Add", [product, shift], named: name)
    }
  }

  private mutating func activate(
    _ function: Activation, _ input: String, named name: String
  ) throws -> String {
    switch function {
    case .none: return input
    case .relu: return node("Relu", [input], named: name)
    case .leakyReLU(let slope):
      return node("LeakyRelu", [input], named: name, [.init("alpha", slope)])
    case .sigmoid: return node("Sigmoid", [input], named: name)
    case .tanh: return node("Tanh", [input], named: name)
    case .softmax: return node("Softmax", [input], named: name, [.init("axis", -1)])
    case .swish:
      return node("Mul", [input, node("Sigmoid", [input], named: name)], named: name)
    case .gelu:
      let scaled = node("Mul", [input, try scalar(Float(0.5).squareRoot())], named: name)
      return try gelu(input, node("Erf", [scaled], named: name), named: name)
    case .geluTanh:
      let square = node("Mul", [input, input], named: name)
      let cube = node("Mul", [square, input], named: name)
      let sum = node(
        "Add", [input, node("Mul", [cube, try scalar(0.044715)], named: name)], named: name)
      let scaled = node("Mul", [sum, try scalar(0.797_884_56)], named: name)
      return try gelu(input, node("Tanh", [scaled], named: name), named: name)
    }
  }

  /// `x / 2 · (1 + f)`, which any version of ONNX Runtime knows; `Gelu` needs version 20.
  private mutating func gelu(
    _ input: String, _ function: String, named name: String
  ) throws -> String {
    let sum = node("Add", [function, try scalar(1)], named: name)
    let half = node("Mul", [input, try scalar(0.5)], named: name)
    return node("Mul", [half, sum], named: name)
  }
}

extension FeatureShape {
  /// The sides, channel first.
  var sides: [Int] {
    switch self {
    case .vector(let count): [count]
    case .map(let channels, let height, let width): [channels, height, width]
    }
  }
}
