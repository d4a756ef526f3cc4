public import SpectrimCore

/// Small seeded models with a weight of every representation, for round trips.
public enum SampleLayers {
  /// A weight of some kind and shape with seeded values.
  public static func weight(
    _ kind: Representation.Kind, _ shape: Shape, rank: Int, seed: UInt64 = 1
  ) throws -> Representation {
    var generator = SeededGenerator(seed: seed)
    func floats(_ rows: Int, _ columns: Int, _ type: ElementType = .float32) -> WeightMatrix {
      let values = (0..<rows * columns).map { _ in Float(generator.normal()) }
      return WeightMatrix(Matrix(Shape(rows, columns), values), storedAs: type)
    }
    func quantized(_ rows: Int, _ columns: Int, _ factors: ScaleFactors) throws -> QuantizedMatrix {
      let codes = (0..<rows * columns).map { _ in Int8.random(in: -127...127, using: &generator) }
      return try QuantizedMatrix(
        codes: Matrix(Shape(rows, columns), codes), bitsPerWeight: 8, rowFactors: factors)
    }
    func scales(_ count: Int) -> ScaleFactors {
      .scales((0..<count).map { 0.25 + Float($0 % 4) / 8 }, storedAs: .float16)
    }
    let (rows, columns) = (shape.rowCount, shape.columnCount)
    switch kind {
    case .dense: return .dense(floats(rows, columns, .bfloat16))
    case .factorized:
      return .factorized(try Factorized(u: floats(rows, rank), v: floats(columns, rank, .float16)))
    case .chain:
      return .chain(
        try FactorChain([floats(rows, rank), floats(rank, rank), floats(rank, columns)]))
    case .lora:
      let adapters = try ["b", "a/1"].map {
        try LoRA.Adapter(
          name: $0, a: floats(rank, columns), b: floats(rows, rank), alpha: 16, scaling: 0.5)
      }
      return .lora(try LoRA(base: .dense(floats(rows, columns)), adapters: adapters))
    case .quantized: return .quantized(try quantized(rows, columns, scales(rows)))
    case .quantizedLowRank:
      let exponents = (0..<columns).map { $0 % 3 == 2 ? ScaleFactors.absent : Int8($0 % 5) - 8 }
      let present = exponents.count { $0 != ScaleFactors.absent }
      return .quantizedLowRank(
        try QuantizedLowRank(
          u: try quantized(rows, rank, scales(rows)),
          v: try quantized(present, rank, .exponents(exponents))))
    }
  }

  /// A model of every step, its convolutions in several forms, to five scores of 3×8×8.
  public static func convolutions() throws -> Model {
    func layer(
      _ name: String, _ kind: Representation.Kind, _ shape: Shape, _ window: Window,
      groups: Int = 1, _ activation: Activation = .none
    ) throws -> Step {
      .layer(
        try Layer(
          name: name, operation: .conv2d(Convolution(window: window, groups: groups)),
          weight: try weight(kind, shape, rank: 3),
          bias: Bias((0..<shape.rowCount).map(Float.init)),
          activation: activation))
    }
    func transform(_ name: String, _ operation: Transform.Operation) throws -> Step {
      .transform(try Transform(name: name, operation))
    }
    let uneven = try Window(
      kernel: Extent(height: 3, width: 2), stride: Extent(height: 1, width: 2),
      padding: Padding(top: 1, left: 0, bottom: 2, right: 1), dilation: Extent(height: 2, width: 1))
    let three = try Window(kernel: Extent(3), padding: Padding(1))
    let half = try Window(kernel: Extent(2), stride: Extent(2))
    let ones = [Float](repeating: 1, count: 32)
    return try Model(
      name: "every step", input: ModelInput(shape: [8, 8, 3], layout: .hwc),
      steps: [
        layer("conv/1", .factorized, Shape(6, 18), uneven, .relu),
        transform("pool/1", .pool(Pooling(.maximum, window: half))),
        layer("depthwise", .quantized, Shape(6, 9), three, groups: 6, .leakyReLU(slope: 0.3)),
        transform(
          "affine", .affine(ChannelAffine(scale: Array(ones[..<6]), shift: Array(ones[..<6])))),
        layer("point", .quantizedLowRank, Shape(16, 6), Window(kernel: Extent(1))),
        transform("swish", .activation(.swish)),
        transform("pool/2", .pool(Pooling(.average, window: uneven, countsPadding: true))),
        transform("flatten", .flatten),
        transform(
          "norm", .layerNormalization(LayerNormalization(scale: ones, shift: ones, epsilon: 1e-5))),
        .layer(Layer(name: "fc", weight: weight(.dense, Shape(5, 32), rank: 1))),
      ])
  }

  /// A model of one layer per representation, in an order that mixes them.
  public static func model(width: Int = 12, rank: Int = 3) throws -> Model {
    let layers = try Representation.Kind.allCases.enumerated().map { index, kind in
      let bias: Bias? =
        switch index % 3 {
        case 0: Bias((0..<width).map { Float($0) / 7 }, storedAs: .float16)
        case 1:
          .codes(
            (0..<width).map { Int8($0) }, exponents: (0..<width).map { Int8($0 % 3) - 5 })
        default: nil
        }
      return try Layer(
        name: "layer/\(index).\(kind.rawValue)",
        weight: try weight(kind, Shape(width, width), rank: rank, seed: UInt64(index)), bias: bias,
        activation: index % 2 == 0 ? .relu : .tanh, initializer: index == 0 ? .pytorch : nil,
        inputQuantization: index == 1 ? InputQuantization(scale: 0.25, zeroPoint: 7) : nil)
    }
    return try Model(
      name: "every representation",
      input: ModelInput(
        shape: [width], normalization: try Normalization(scale: 0.5, mean: 0.25, deviation: 2)),
      layers: layers, labels: (0..<width).map { "class \($0)" })
  }
}
