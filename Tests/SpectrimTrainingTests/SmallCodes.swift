import SpectrimCore

/// Weights of integer codes small enough for finite differences, with every kind of factor and with
/// rows and columns that are absent.
enum SmallCodes {
  /// The kinds of weight whose codes learn.
  static let kinds: [Representation.Kind] = [.quantized, .quantizedLowRank]

  static func codes(
    _ shape: Shape, within largest: Int8 = 7, _ generator: inout SeededGenerator
  ) -> Matrix<Int8> {
    Matrix(
      shape,
      (0..<shape.elementCount).map { _ in
        Int8.random(in: -largest...largest, using: &generator)
      })
  }

  /// Exponents around 2⁻³, those of chosen places absent.
  static func exponents(_ count: Int, absent: Set<Int> = []) -> ScaleFactors {
    .exponents((0..<count).map { absent.contains($0) ? ScaleFactors.absent : Int8($0 % 3) - 4 })
  }

  static func scales(_ count: Int) -> ScaleFactors {
    .scales((0..<count).map { 0.5 + Float($0 % 3) / 8 }, storedAs: .float16)
  }

  /// A weight of 4-bit codes; the second input sees nothing, as a dead pixel does.
  static func weight(
    _ kind: Representation.Kind, _ shape: Shape, _ generator: inout SeededGenerator
  ) throws -> Representation {
    let (out, width) = (shape.rowCount, shape.columnCount)
    guard kind == .quantizedLowRank else {
      return .quantized(
        try QuantizedMatrix(
          codes: codes(Shape(out, width - 1), &generator), bitsPerWeight: 4,
          rowFactors: scales(out), columnFactors: exponents(width, absent: [1])))
    }
    return .quantizedLowRank(
      try QuantizedLowRank(
        u: QuantizedMatrix(
          codes: codes(Shape(out, 3), &generator), bitsPerWeight: 4,
          rowFactors: exponents(out), columnFactors: scales(3)),
        v: QuantizedMatrix(
          codes: codes(Shape(width - 1, 3), &generator), bitsPerWeight: 4,
          rowFactors: exponents(width, absent: [1]))))
  }

  /// 5 inputs, 4 and 4 hidden outputs, 3 scores; the last bias is one of floats.
  static func model(
    _ kind: Representation.Kind, _ activation: Activation = .tanh, seed: UInt64
  ) throws -> Model {
    var generator = SeededGenerator(seed: seed)
    let widths = [5, 4, 4, 3]
    let layers = try (1..<widths.count).map { index in
      let (out, isLast) = (widths[index], index == widths.count - 1)
      let biasCodes = codes(Shape(1, out), &generator).elements
      return try Layer(
        name: "fc\(index)", weight: weight(kind, Shape(out, widths[index - 1]), &generator),
        bias: isLast
          ? Bias((0..<out).map { Float($0) / 4 }, storedAs: .float16)
          : .codes(biasCodes, exponents: (0..<out).map { Int8($0) - 5 }),
        activation: isLast ? .none : activation)
    }
    return try Model(name: "small", input: try ModelInput(shape: [5]), layers: layers)
  }

  /// The convolutions of `SmallConvolutions` with codes.
  static func convolutions(_ kind: Representation.Kind, seed: UInt64) throws -> Model {
    let floats = try SmallConvolutions.model(.dense, seed: seed)
    var generator = SeededGenerator(seed: seed)
    let layers = try floats.layers.map { layer in
      try layer.replacing(
        weight: weight(kind, layer.weight.shape, &generator),
        bias: .codes(
          codes(Shape(1, layer.outputCount), &generator).elements,
          exponents: Array(repeating: -3, count: layer.outputCount)))
    }
    return try floats.replacing(layers: layers, record: nil)
  }
}
