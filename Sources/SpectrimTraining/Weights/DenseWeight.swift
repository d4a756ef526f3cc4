public import SpectrimCore

/// A full matrix that learns.
public struct DenseWeight: TrainableWeight {
  /// `W` with its gradient.
  /// - Shape: `[out, in]`.
  public internal(set) var matrix: Parameter

  /// Starts from given values.
  public init(_ weight: WeightMatrix) { matrix = Parameter(weight.values) }

  /// `[out, in]` of the map.
  public var shape: Shape { matrix.shape }
  /// Whether the bias of the layer learns along.
  public var trainsBias: Bool { true }
  /// The learned weight in the form it came in.
  public var representation: Representation { .dense(matrix.weightMatrix) }

  /// `Y = X Wᵀ`.
  /// - Shape: input `[count, in]`, output `[count, out]`.
  public mutating func forward(_ input: [Float], count: Int, into output: inout [Float]) {
    matrix.apply(to: input, count: count, into: &output)
  }

  /// Does nothing: a single matrix has no inner side.
  public mutating func prepareBackward(from gradient: [Float], count: Int) {}

  /// Adds to `carry` times the gradients of every factor that learns.
  /// - Shape: input `[count, in]`, gradient `[count, out]`.
  public mutating func accumulateGradients(
    input: [Float], gradient: [Float], count: Int, carry: Float
  ) {
    matrix.accumulate(input: input, gradient: gradient, count: count, carry: carry)
  }

  /// The gradient at the input.
  /// - Shape: gradient `[count, out]`, result `[count, in]`.
  public func propagate(_ gradient: [Float], count: Int, into inputGradient: inout [Float]) {
    matrix.propagate(gradient, count: count, into: &inputGradient)
  }

  /// Moves every factor that learns.
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
