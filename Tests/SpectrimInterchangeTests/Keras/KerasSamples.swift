import SpectrimCore
import SpectrimTestSupport

/// Models of every step and representation that Keras has layers for.
enum KerasSamples {
  static let names = ["representations", "convolutions", "map", "flat", "codes"]

  static func model(_ name: String) throws -> Model {
    var generator = SeededGenerator(seed: 5)
    func dense(_ rows: Int, _ columns: Int) -> Representation {
      .dense(WeightMatrix(.random(Shape(rows, columns), &generator)))
    }
    func floats(_ count: Int) -> [Float] { (0..<count).map { _ in Float(generator.normal()) } }
    func layer(
      _ name: String, _ weight: Representation, _ operation: SpectrimCore.Operation = .linear,
      bias: Bool = true, _ activation: Activation = .none
    ) throws -> Step {
      .layer(
        try Layer(
          name: name, operation: operation, weight: weight,
          bias: bias ? Bias(floats(weight.shape.rowCount)) : nil, activation: activation))
    }
    func step(_ name: String, _ operation: Transform.Operation) throws -> Step {
      .transform(try Transform(name: name, operation))
    }
    switch name {
    case "representations":
      var steps: [Step] = []
      for kind in [Representation.Kind.dense, .factorized, .chain, .lora] {
        let weight = try Representation.random(kind, Shape(8, 8), rank: 3, &generator)
        steps.append(try layer("a/\(kind.rawValue)", weight, .linear, .tanh))
      }
      return try Model(name: "all/kinds", input: ModelInput(shape: [8]), steps: steps)
    case "convolutions":
      let factors = try Factorized(
        u: WeightMatrix(.random(Shape(6, 2), &generator)),
        v: WeightMatrix(.random(Shape(27, 2), &generator)))
      let odd = Padding(top: 0, left: 1, bottom: 2, right: 1)
      return try Model(
        name: "convolutions", input: ModelInput(shape: [3, 7, 6], layout: .chw),
        steps: [
          try layer(
            "pair", .factorized(factors),
            .conv2d(Convolution(window: Window(kernel: Extent(3), padding: Padding(1)))), .relu),
          try step(
            "pool",
            .pool(
              Pooling(
                .maximum, window: Window(kernel: Extent(3), stride: Extent(2), padding: Padding(1)))
            )),
          try layer(
            "odd", dense(4, 27),
            .conv2d(
              Convolution(window: Window(kernel: Extent(3), padding: odd), groups: 2)),
            .leakyReLU(slope: 0.125)),
          try layer(
            "depth", dense(8, 4),
            .conv2d(Convolution(window: Window(kernel: Extent(2), dilation: Extent(1)), groups: 4)),
            bias: false, .swish),
          try step(
            "mean",
            .pool(
              Pooling(
                .average, window: Window(kernel: Extent(2), padding: Padding(1)),
                countsPadding: true))),
          try step("flat", .flatten),
          try step(
            "norm",
            .layerNormalization(
              LayerNormalization(scale: floats(96), shift: floats(96), epsilon: 0.001))),
          try layer("out", dense(3, 96), .linear, .softmax),
        ])
    case "map":
      return try Model(
        name: "map", input: ModelInput(shape: [4, 3, 2], layout: .hwc),
        steps: [
          try step("affine", .affine(ChannelAffine(scale: floats(2), shift: floats(2)))),
          try step("tanh", .activation(.tanh)),
          try step(
            "norm",
            .layerNormalization(
              LayerNormalization(scale: floats(24), shift: floats(24), epsilon: 0.01))),
          try step("leaky", .activation(.leakyReLU(slope: 0.25))),
          try step("flat", .flatten),
          try layer(
            "out", try Representation.random(.factorized, Shape(5, 24), rank: 2, &generator),
            .linear,
            .gelu),
        ])
    case "codes":
      func codes(
        _ rows: Int, _ columns: Int, rowScales: Bool, columnScales: Bool
      ) throws -> QuantizedMatrix {
        let codes = (0..<rows * columns).map { _ in Int8.random(in: -127...127, using: &generator) }
        func scales(_ count: Int) -> ScaleFactors {
          .scales((0..<count).map { 0.0078125 / Float($0 + 1) }, storedAs: .float32)
        }
        return try QuantizedMatrix(
          codes: Matrix(Shape(rows, columns), codes), bitsPerWeight: 8,
          rowFactors: rowScales ? scales(rows) : nil,
          columnFactors: columnScales ? scales(columns) : nil)
      }
      let pair = try QuantizedLowRank(
        u: codes(6, 2, rowScales: true, columnScales: false),
        v: codes(8, 2, rowScales: false, columnScales: true))
      return try Model(
        name: "codes", input: ModelInput(shape: [8]),
        steps: [
          try layer("rows", .quantized(codes(8, 8, rowScales: true, columnScales: false))),
          try layer("pair", .quantizedLowRank(pair), .linear, .relu),
          try layer(
            "both", .quantized(codes(4, 6, rowScales: true, columnScales: true)), bias: false),
        ])
    default:
      return try Model(
        name: "flat \"image\"", input: ModelInput(shape: [3, 2, 2], layout: .hwc),
        steps: [try layer("only", dense(4, 12), .linear, .sigmoid)])
    }
  }
}
