import Foundation
import SpectrimCore
import SpectrimTestSupport
import Testing

@Suite struct RepresentationTests {
  /// Empty, 1×1, row, column, tall, wide.
  static let shapes = [
    Shape(0, 5), Shape(5, 0), Shape(1, 1), Shape(1, 9), Shape(9, 1), Shape(12, 5), Shape(5, 12),
  ]

  private func weight(
    _ kind: Representation.Kind, _ shape: Shape, storedAs type: ElementType = .float32
  ) throws -> Representation {
    var generator = SeededGenerator(seed: 30)
    return try .random(kind, shape, rank: 3, storedAs: type, &generator)
  }

  /// The sizes of the float factors that `Representation.random` makes at rank 3.
  private func weightCount(_ kind: Representation.Kind, _ shape: Shape) -> Int? {
    let (out, input) = (shape.rowCount, shape.columnCount)
    return switch kind {
    case .dense: out * input
    case .factorized: 3 * (out + input)
    case .chain: 4 * out + 4 * 5 + 5 * 3 + 3 * input
    case .lora: (4 + 3 + 4) * (out + input)
    case .quantized, .quantizedLowRank: nil
    }
  }

  @Test(arguments: Representation.Kind.allCases, shapes)
  func formsCountTheirFloats(kind: Representation.Kind, shape: Shape) throws {
    for type in ElementType.allCases {
      let weight = try weight(kind, shape, storedAs: type)
      #expect(weight.kind == kind)
      #expect(weight.shape == shape)
      guard let count = weightCount(kind, shape) else { continue }
      #expect(weight.parameterCount == count)
      #expect(weight.multiplyAccumulateCount == count)
      #expect(weight.byteCount == count * (type == .float32 ? 4 : 2))
      #expect(weight.bitsPerWeight == nil)
    }
  }

  @Test(arguments: shapes)
  func quantizedFormsCountCodesAndTheirFactors(shape: Shape) throws {
    guard case .quantized(let matrix) = try weight(.quantized, shape),
      case .quantizedLowRank(let pair) = try weight(.quantizedLowRank, shape)
    else { return #expect(Bool(false), "another form was made") }
    #expect(matrix.parameterCount == matrix.codes.elements.count)
    #expect(matrix.byteCount == matrix.codes.elements.count + shape.rowCount + shape.columnCount)
    let codeCount = pair.u.codes.elements.count + pair.v.codes.elements.count
    let weight = Representation.quantizedLowRank(pair)
    #expect(weight.parameterCount == codeCount)
    #expect(weight.multiplyAccumulateCount == codeCount)
    #expect(weight.byteCount == codeCount + shape.rowCount + shape.columnCount + 2 * 3)
    #expect(weight.bitsPerWeight == 6)
  }

  @Test func ranksAreThoseOfTheNarrowestPlace() throws {
    let ranks = try Representation.Kind.allCases.map {
      try weight($0, Shape(12, 9)).rank
    }
    // Dense, factorized, chain 4-5-3, two adapters of 3 and 4, quantized, quantized factors.
    #expect(ranks == [nil, 3, 3, 7, nil, 3])
    guard case .chain(let chain) = try weight(.chain, Shape(12, 9)) else { return }
    #expect(chain.stages == [4, 5, 3])
  }

  @Test func bitsOfAnAdaptedWeightAreThoseOfItsBase() throws {
    let adapter = try LoRA.Adapter(
      name: "a", a: WeightMatrix(Matrix(repeating: 0, Shape(1, 4))),
      b: WeightMatrix(Matrix(repeating: 0, Shape(6, 1))), alpha: 1, scaling: 1)
    let base = try weight(.quantized, Shape(6, 4))
    #expect(Representation.lora(try LoRA(base: base, adapters: [adapter])).bitsPerWeight == 6)
  }

  @Test(.needsPython, arguments: Representation.Kind.allCases)
  func applyingAndMaterializingGiveWhatNumpyGives(kind: Representation.Kind) throws {
    var generator = SeededGenerator(seed: 31)
    var tensors = NumpyTensors()
    var found: [Float] = []
    for shape in Self.shapes {
      let weight = try weight(kind, shape)
      let batch = Matrix<Float>.random(Shape(4, shape.columnCount), &generator)
      tensors.append(weight, batch)
      found += weight.materialized().elements + weight.apply(to: batch).elements
    }
    let expected = try tensors.evaluated()
    #expect(found.count == expected.count)
    let largest = expected.map(abs).max() ?? 0
    // Each stage rounds a sum made in double precision to 2⁻²⁴; there are at most four.
    #expect(zip(found, expected).allSatisfy { abs(Double($0) - $1) <= 1e-6 * largest })
  }
}
