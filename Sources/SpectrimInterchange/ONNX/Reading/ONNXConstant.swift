internal import SpectrimCore

/// A value of a graph that does not depend on its input: an initializer, or what a few operators
/// make of one.
struct ONNXConstant {
  /// How the elements are held.
  enum Elements {
    case tensor(Tensor)
    /// Codes, whose matrix has the elements of the shape in the same order.
    case quantized(QuantizedMatrix)
  }

  /// The elements, row-major.
  var elements: Elements
  /// The sides.
  var shape: [Int]
  /// The name of the initializer, or of the value where that is a `Constant`.
  let name: String
  /// How many copies one behind another along the first axis make the value.
  var copyCount = 1

  /// How many elements, copies not counted.
  var count: Int { shape.reduce(1, *) }

  /// The elements as floats, or `nil` for integers.
  var floats: [Float]? {
    switch elements {
    case .tensor(let tensor): tensor.type.elementType.map { _ in tensor.floats }
    case .quantized(let matrix): matrix.materialized().elements
    }
  }

  /// The elements as integers, or `nil` for others than the types of shapes and axes.
  var integers: [Int]? {
    guard case .tensor(let tensor) = elements else { return nil }
    return tensor.integers
  }

  /// The elements as a matrix whose rows are the first axis, or `nil` for integers.
  var matrix: Representation? {
    guard let rowCount = shape.first else { return nil }
    let matrixShape = Shape(rowCount, rowCount == 0 ? 0 : count / rowCount)
    switch elements {
    case .tensor(let tensor):
      guard let elementType = tensor.type.elementType else { return nil }
      return .dense(WeightMatrix(Matrix(matrixShape, tensor.floats), storedAs: elementType))
    case .quantized(let matrix) where matrix.shape == matrixShape: return .quantized(matrix)
    case .quantized(let matrix):
      return .dense(WeightMatrix(Matrix(matrixShape, matrix.materialized().elements)))
    }
  }

  /// The elements as what is added to the outputs of a layer.
  var bias: Bias? {
    switch elements {
    case .tensor(let tensor):
      return tensor.type.elementType.map { Bias(tensor.floats, storedAs: $0) }
    case .quantized(let matrix):
      if case .exponents(let exponents)? = matrix.rowFactors, matrix.shape.columnCount == 1,
        matrix.columnFactors == nil, exponents.count == matrix.codes.rowCount
      {
        return .codes(matrix.codes.elements, exponents: exponents)
      }
      return Bias(matrix.materialized().elements)
    }
  }
}

extension Tensor {
  /// The elements of the types of shapes and axes.
  var integers: [Int]? { mapIntegers { _, number in number } }

  /// What becomes of every integer and its index, without an array of wide integers between: the
  /// codes of a weight are one byte each. `nil` for other types than those of shapes and axes.
  func mapIntegers<Result>(_ transform: (_ index: Int, _ number: Int) -> Result) -> [Result]? {
    switch type {
    case .int64: map(Int64.self, transform)
    case .int32: map(Int32.self, transform)
    case .int16: map(Int16.self, transform)
    case .uint16: map(UInt16.self, transform)
    case .int8: map(Int8.self, transform)
    case .uint8, .bool: map(UInt8.self, transform)
    default: nil
    }
  }

  /// Every offset is an index below the count of whole elements times their size, so that the
  /// accesses stay within the bytes.
  private func map<Number: FixedWidthInteger & BitwiseCopyable, Result>(
    _ type: Number.Type, _ transform: (_ index: Int, _ number: Int) -> Result
  ) -> [Result] {
    let size = MemoryLayout<Number>.size
    return bytes.withUnsafeBytes { raw in
      (0..<raw.count / size).map { index in
        let number = raw.loadUnaligned(fromByteOffset: index * size, as: type)
        return transform(index, Int(Number(littleEndian: number)))
      }
    }
  }
}

extension Representation {
  /// The dense or quantized matrix with its sides exchanged, which are the forms that constants
  /// come in; `nil` for others.
  var transposed: Representation? {
    switch self {
    case .dense(let matrix): .dense(matrix.transposed)
    case .quantized(let matrix): matrix.transposed.map(Representation.quantized)
    case .factorized, .chain, .lora, .quantizedLowRank: nil
    }
  }
}

extension WeightMatrix {
  /// The matrix with its sides exchanged.
  var transposed: WeightMatrix { WeightMatrix(values.transposed, storedAs: elementType) }
}

extension QuantizedMatrix {
  /// The matrix with its sides exchanged.
  var transposed: QuantizedMatrix? {
    try? QuantizedMatrix(
      codes: codes.transposed, bitsPerWeight: bitsPerWeight, rowFactors: columnFactors,
      columnFactors: rowFactors)
  }
}
