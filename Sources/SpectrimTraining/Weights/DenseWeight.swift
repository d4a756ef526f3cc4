public import SpectrimCore

/// A full matrix that learns.
public struct DenseWeight: TrainableWeight {
  /// `W` with its gradient.
  /// - Shape: `[out, in]`.
  public private(set) var matrix: Parameter

  /// Starts from given values.
  public init(_ weight: WeightMatrix) { matrix = Parameter(weight.values) }

  public var shape: Shape { matrix.shape }
  public var trainsBias: Bool { true }
  public var representation: Representation { .dense(matrix.weightMatrix) }

  public mutating func forward(_ input: [Float], count: Int, into output: inout [Float]) {
    matrix.apply(to: input, count: count, into: &output)
  }

  public mutating func prepareBackward(from gradient: [Float], count: Int) {}

  public mutating func accumulateGradients(
    input: [Float], gradient: [Float], count: Int, carry: Float
  ) {
    matrix.accumulate(input: input, gradient: gradient, count: count, carry: carry)
  }

  public func propagate(_ gradient: [Float], count: Int, into inputGradient: inout [Float]) {
    matrix.propagate(gradient, count: count, into: &inputGradient)
  }

  public mutating func update(_ optimizer: Optimizer, step: Int) {
    matrix.update(optimizer, step: step)
  }
}

/// The three products of a matrix that is applied as `Y = scale · X Pᵀ`.
extension Parameter {
  func apply(
    to input: [Float], count: Int, into output: inout [Float], scale: Float = 1, carry: Float = 0
  ) {
    BLAS.multiply(
      input, by: values, rightTransposed: true, into: &output, rows: count, columns: shape.rowCount,
      depth: shape.columnCount, scale: scale, carry: carry)
  }

  mutating func accumulate(
    input: [Float], gradient outer: [Float], count: Int, scale: Float = 1, carry: Float
  ) {
    BLAS.multiply(
      outer, leftTransposed: true, by: input, into: &gradient, rows: shape.rowCount,
      columns: shape.columnCount, depth: count, scale: scale, carry: carry)
  }

  func propagate(
    _ outer: [Float], count: Int, into inputGradient: inout [Float], scale: Float = 1,
    carry: Float = 0
  ) {
    BLAS.multiply(
      outer, by: values, into: &inputGradient, rows: count, columns: shape.columnCount,
      depth: shape.rowCount, scale: scale, carry: carry)
  }
}
