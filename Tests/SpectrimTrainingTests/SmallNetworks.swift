import SpectrimCore
import SpectrimTraining

/// Networks and examples small enough for finite differences.
enum SmallNetworks {
  /// The kinds of weight that learn.
  static let kinds: [Representation.Kind] = [.dense, .factorized, .chain, .lora]
  /// What a hidden layer may apply.
  static let activations = Activation.allCases.filter { $0 != .softmax }

  static func matrix(_ shape: Shape, _ generator: inout SeededGenerator) -> WeightMatrix {
    WeightMatrix(
      Matrix(shape, (0..<shape.elementCount).map { _ in Float(0.7 * generator.normal()) }))
  }

  static func weight(
    _ kind: Representation.Kind, _ shape: Shape, _ generator: inout SeededGenerator
  ) throws -> Representation {
    switch kind {
    case .factorized:
      return .factorized(
        try Factorized(
          u: matrix(Shape(shape.rowCount, 2), &generator),
          v: matrix(Shape(shape.columnCount, 2), &generator)))
    case .chain:
      return .chain(
        try FactorChain([
          matrix(Shape(shape.rowCount, 2), &generator), matrix(Shape(2, 3), &generator),
          matrix(Shape(3, shape.columnCount), &generator),
        ]))
    case .lora:
      let adapters = try ["first", "second"].map {
        try LoRA.Adapter(
          name: $0, a: matrix(Shape(2, shape.columnCount), &generator),
          b: matrix(Shape(shape.rowCount, 2), &generator), alpha: 1, scaling: 0.5)
      }
      return .lora(
        try LoRA(base: .dense(matrix(shape, &generator)), adapters: adapters))
    default: return .dense(matrix(shape, &generator))
    }
  }

  /// 5 inputs, 4 and 4 hidden outputs, 3 scores, every weight of one kind.
  static func model(
    _ kind: Representation.Kind, _ activation: Activation, seed: UInt64
  ) throws -> Model {
    var generator = SeededGenerator(seed: seed)
    let widths = [5, 4, 4, 3]
    let layers = try (1..<widths.count).map { index in
      try Layer(
        name: "fc\(index)",
        weight: try weight(kind, Shape(widths[index], widths[index - 1]), &generator),
        bias: Bias((0..<widths[index]).map { _ in Float(generator.normal()) }),
        activation: index == widths.count - 1 ? .none : activation)
    }
    return try Model(name: "small", input: try ModelInput(shape: [5]), layers: layers)
  }

  static func batch(_ shape: Shape, seed: UInt64) -> Matrix<Float> {
    var generator = SeededGenerator(seed: seed)
    return matrix(shape, &generator).values
  }

  /// Examples of three classes with 5 numbers each.
  static func examples(count: Int, seed: UInt64) throws -> Examples {
    try Examples(
      inputs: batch(Shape(count, 5), seed: seed), labels: (0..<count).map { ($0 * 7 + 1) % 3 })
  }
}

/// A model as plain lists, for Python.
struct PlainModel: Encodable {
  struct PlainMatrix: Encodable {
    let rows: [[Float]]
    init(_ matrix: Matrix<Float>) {
      rows = (0..<matrix.rowCount).map { Array(matrix.row($0)) }
    }
  }

  struct PlainLayer: Encodable {
    let kind: String
    let activation: String
    let factors: [[[Float]]]
    let base: [[Float]]?
    let bias: [Float]

    init(_ layer: Layer) {
      kind = layer.weight.kind.rawValue
      activation = layer.activation.kind.rawValue
      factors = Self.factors(of: layer.weight).map { PlainMatrix($0.values).rows }
      bias = layer.bias?.values ?? []
      if case .lora(let lora) = layer.weight {
        base = PlainMatrix(lora.base.materialized()).rows
      } else {
        base = nil
      }
    }

    static func factors(of weight: Representation) -> [WeightMatrix] {
      switch weight {
      case .dense(let matrix): [matrix]
      case .factorized(let factors): [factors.u, factors.v]
      case .chain(let chain): chain.factors
      case .lora(let lora): lora.adapters.flatMap { [$0.a, $0.b] }
      case .quantized, .quantizedLowRank: []
      }
    }
  }

  let layers: [PlainLayer]
  init(_ model: Model) { layers = model.layers.map(PlainLayer.init) }
}

/// The same forward pass in numpy float64, which the scripts of the tests share.
let referencePython = """
  import json, math, sys
  import numpy as np
  erf = np.vectorize(math.erf)
  ACTIVATIONS = {
      "none": lambda z: z, "relu": lambda z: np.maximum(z, 0),
      "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
      "gelu": lambda z: 0.5 * z * (1 + erf(z / math.sqrt(2))),
      "gelu_tanh": lambda z: 0.5 * z * (1 + np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))),
      "swish": lambda z: z / (1 + np.exp(-z)), "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
      "tanh": np.tanh}
  def arrays(layer):
      out = [np.array(f, np.float64) for f in layer["factors"]]
      return out, np.array(layer["bias"], np.float64)
  def dense(layer, f):
      if layer["kind"] == "dense": return f[0]
      if layer["kind"] == "factorized": return f[0] @ f[1].T
      if layer["kind"] == "chain":
          w = f[0]
          for g in f[1:]: w = w @ g
          return w
      w = np.array(layer["base"], np.float64)
      for a, b in zip(f[0::2], f[1::2]): w = w + 0.5 * b @ a
      return w
  def forward(layers, parameters, x):
      for layer, (factors, bias) in zip(layers, parameters):
          x = ACTIVATIONS[layer["activation"]](x @ dense(layer, factors).T + bias)
      return x

  """
