import Foundation
import SpectrimCompression
import SpectrimCore
import SpectrimTestSupport
import Testing

private let shapes = [
  Shape(1, 1), Shape(1, 9), Shape(9, 1), Shape(40, 3), Shape(3, 40), Shape(12, 12),
]
private let groupings: [Quantizer.Grouping] = [.tensor, .rows, .columns]

private func quantized(
  _ matrix: Matrix<Float>, bits: Int, by grouping: Quantizer.Grouping
) throws -> QuantizedMatrix {
  try Quantizer(bits: bits).quantize(matrix, by: grouping)
}

extension QuantizedMatrix {
  fileprivate var scales: (values: [Float], elementType: ElementType) {
    guard case .scales(let values, let type)? = rowFactors ?? columnFactors else {
      return ([], .float32)
    }
    return (values, type)
  }
}

@Test(arguments: QuantizationRequest.widths, groupings)
func codesStayWithinTheirBitsAndHalfAStep(bits: Int, grouping: Quantizer.Grouping) throws {
  for shape in shapes {
    let matrix = TestModels.noise(shape, sigma: 0.05)
    let result = try quantized(matrix, bits: bits, by: grouping)
    let limit = QuantizedMatrix.largestCode(bitsPerWeight: bits)
    #expect(result.shape == shape)
    #expect(result.codes.elements.contains { abs($0) == limit })
    let scales = result.scales.values
    for row in 0..<shape.rowCount {
      for column in 0..<shape.columnCount {
        let scale = scales[grouping == .tensor ? 0 : grouping == .rows ? row : column]
        let error = abs(matrix[row, column] - result.materialized()[row, column])
        // Half a step; where a scale was rounded down to float16, the largest code is clipped by
        // at most 2⁻¹¹ of 127 steps, which is less.
        #expect(error <= scale * 0.5001)
      }
    }
  }
}

@Test(.needsPython, arguments: QuantizationRequest.widths)
func codesOfATensorAreThoseOfChapter11InNumpy(bits: Int) throws {
  let matrix = TestModels.noise(Shape(30, 40), sigma: 0.1, seed: UInt64(bits))
  let folder = try TemporaryDirectory()
  try matrix.write(to: folder.path("w"))
  let program = """
    import sys, numpy as np
    w = np.fromfile(sys.argv[1], np.float32)
    top = np.float32(2 ** (int(sys.argv[2]) - 1) - 1)
    scale = np.abs(w).max() / top
    print(scale.view(np.uint32), *np.clip(np.rint(w / scale), -top, top).astype(int))
    """
  let printed = try Python.run(program, [folder.path("w"), "\(bits)"])
    .split(whereSeparator: \.isWhitespace)
  let result = try quantized(matrix, bits: bits, by: .tensor)
  #expect(result.scales.elementType == .float32)
  #expect(result.scales.values.map(\.bitPattern) == [UInt32(printed[0]) ?? 0])
  #expect(
    result.codes.elements.map { Int($0) }
      == printed.dropFirst().compactMap { Int($0) })
}

@Test(.needsPython, arguments: QuantizationRequest.widths, [0, 1])
func codesOfAChannelAreThoseOfRoundedScalesInNumpy(bits: Int, axis: Int) throws {
  let matrix = TestModels.noise(Shape(30, 40), sigma: 0.1, seed: UInt64(bits))
  let folder = try TemporaryDirectory()
  try matrix.write(to: folder.path("w"))
  let program = """
    import sys, numpy as np
    w = np.fromfile(sys.argv[1], np.float32).reshape(30, 40)
    top = np.float32(2 ** (int(sys.argv[2]) - 1) - 1)
    scale = np.abs(w).max(axis=1 - int(sys.argv[3]), keepdims=True) / top
    scale = scale.astype(np.float16).astype(np.float32)
    print(*np.clip(np.rint(w / scale), -top, top).astype(int).ravel())
    """
  let printed = try Python.run(program, [folder.path("w"), "\(bits)", "\(axis)"])
  let result = try quantized(matrix, bits: bits, by: axis == 0 ? .rows : .columns)
  #expect(result.scales.elementType == .float16)
  #expect(
    result.codes.elements.map { Int($0) }
      == printed.split(whereSeparator: \.isWhitespace).compactMap { Int($0) })
}

@Test func halvesAreRoundedToEven() throws {
  // Scale 1 at 4 bits.
  let matrix = Matrix<Float>(rows: [[7, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 3.49]])
  #expect(
    try quantized(matrix, bits: 4, by: .tensor).codes.elements == [7, 0, 2, 2, 0, -2, -2, 3])
}

@Test(arguments: groupings)
func groupOfZerosHasScaleOne(grouping: Quantizer.Grouping) throws {
  let result = try quantized(Matrix(repeating: 0, Shape(3, 5)), bits: 8, by: grouping)
  #expect(result.scales.values.allSatisfy { $0 == 1 })
  #expect(result.codes.elements.allSatisfy { $0 == 0 })
  let mixed = Matrix<Float>(rows: [[0, 0], [1, 2]])
  #expect(try quantized(mixed, bits: 2, by: .rows).scales.values == [1, 2])
}

@Test(arguments: [Float(1e-7), 1e-30, Float.leastNonzeroMagnitude * 9, 1e9, 3e38])
func scalesThatFloat16CannotHoldAreFloat32(magnitude: Float) throws {
  let matrix = Matrix(rows: [[magnitude, -magnitude / 2], [1, 0.5]])
  let result = try quantized(matrix, bits: 8, by: .rows)
  #expect(result.scales.elementType == .float32)
  #expect(result.scales.values.allSatisfy { $0 > 0 && $0.isFinite })
  #expect(result.materialized().elements.allSatisfy { $0.isFinite })
  #expect(abs(result.materialized()[1, 0] - 1) < 0.01)
}

@Test func scaleRoundedDownStillGivesCodesInRange() throws {
  // Many magnitudes, so that some scales are rounded up and some down by float16.
  let rows = (1...500).map { [Float($0) * 0.00137, Float($0) * -0.001] }
  let result = try quantized(Matrix(rows: rows), bits: 8, by: .rows)
  #expect(result.scales.elementType == .float16)
  #expect(result.codes.elements.allSatisfy { $0 >= -127 && $0 <= 127 })
}

@Test func entropyPricesCodes() throws {
  #expect(ByteEstimate.entropy(of: [0, 0, 0, 0]) == 0)
  #expect(ByteEstimate.entropy(of: [1, -1, 1, -1]) == 1)
  #expect(ByteEstimate.entropy(of: [1, 2, 3, 4]) == 2)
  #expect(ByteEstimate.entropy(of: []) == 0)
  let codes = try QuantizedMatrix(
    codes: Matrix(Shape(2, 8), [1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1]),
    bitsPerWeight: 2, rowFactors: .scales([1, 1], storedAs: .float16))
  #expect(ByteEstimate.price(of: .quantized(codes)) == 2 + 4)
  let dense = WeightMatrix(TestModels.noise(Shape(3, 4)), storedAs: .float16)
  #expect(ByteEstimate.price(of: .dense(dense)) == 24)
}

/// Exercise of chapter 11: 1024×512 at rank 64 in int8 are 21.3 times fewer bytes.
@Test func sizeOfInt8FactorsIsThatOfChapter11() throws {
  let quantizer = Quantizer(bits: 8)
  let factors = try QuantizedLowRank(
    u: quantizer.quantize(TestModels.noise(Shape(512, 64)), by: .tensor),
    v: quantizer.quantize(TestModels.noise(Shape(1024, 64)), by: .tensor))
  #expect(factors.parameterCount == 64 * (1024 + 512))
  #expect(factors.byteCount == 98_304 + 2 * 4)
  #expect(abs(Double(1024 * 512 * 4) / Double(factors.byteCount) - 21.3) < 0.05)
}
