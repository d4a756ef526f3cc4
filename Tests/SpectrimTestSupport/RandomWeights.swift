public import SpectrimCore

extension Matrix<Float> {
  /// A matrix of standard normal numbers.
  public static func random(_ shape: Shape, _ generator: inout SeededGenerator) -> Matrix {
    Matrix(shape, (0..<shape.elementCount).map { _ in Float(generator.normal()) })
  }
}

extension Representation {
  /// A random weight in any of the stored forms; quantized ones lack some rows and columns.
  public static func random(
    _ kind: Kind, _ shape: Shape, rank: Int, storedAs elementType: ElementType = .float32,
    _ generator: inout SeededGenerator
  ) throws -> Representation {
    func weight(_ rowCount: Int, _ columnCount: Int) -> WeightMatrix {
      WeightMatrix(.random(Shape(rowCount, columnCount), &generator), storedAs: elementType)
    }
    switch kind {
    case .dense:
      return .dense(weight(shape.rowCount, shape.columnCount))
    case .factorized:
      return .factorized(
        try Factorized(u: weight(shape.rowCount, rank), v: weight(shape.columnCount, rank)))
    case .chain:
      return .chain(
        try FactorChain([
          weight(shape.rowCount, rank + 1), weight(rank + 1, rank + 2), weight(rank + 2, rank),
          weight(rank, shape.columnCount),
        ]))
    case .lora:
      let base = try random(.factorized, shape, rank: rank + 1, storedAs: elementType, &generator)
      let adapters = try ["first", "second"].enumerated().map { index, name in
        try LoRA.Adapter(
          name: name, a: weight(rank + index, shape.columnCount),
          b: weight(shape.rowCount, rank + index), alpha: 16, scaling: 0.5 + Double(index))
      }
      return .lora(try LoRA(base: base, adapters: adapters))
    case .quantized:
      return .quantized(try .random(shape, &generator))
    case .quantizedLowRank:
      return .quantizedLowRank(
        try QuantizedLowRank(
          u: .random(Shape(shape.rowCount, rank), &generator),
          v: .random(Shape(shape.columnCount, rank), &generator)))
    }
  }
}

extension QuantizedMatrix {
  /// Random 6-bit codes with an exponent per row and column, about one in eight absent.
  public static func random(
    _ shape: Shape, _ generator: inout SeededGenerator
  ) throws -> QuantizedMatrix {
    func exponents(_ count: Int) -> [Int8] {
      (0..<count).map { _ in
        generator.uniform() < 0.125
          ? ScaleFactors.absent : Int8.random(in: -4 ... -2, using: &generator)
      }
    }
    let (rows, columns) = (exponents(shape.rowCount), exponents(shape.columnCount))
    let present = Shape(
      rows.count { $0 != ScaleFactors.absent }, columns.count { $0 != ScaleFactors.absent })
    let codes = (0..<present.elementCount).map { _ in Int8.random(in: -31...31, using: &generator) }
    return try QuantizedMatrix(
      codes: Matrix(present, codes), bitsPerWeight: 6, rowFactors: .exponents(rows),
      columnFactors: .exponents(columns))
  }
}
