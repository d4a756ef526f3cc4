public import SpectrimCore

/// A matrix of integer codes that learn: the products are those of the floats that they stand for.
public struct QuantizedWeight: TrainableWeight {
  /// The codes.
  /// - Shape: `[out, in]`.
  public private(set) var codes: CodeParameter
  /// What the rounded codes stand for.
  private var values: DenseWeight
  private let source: QuantizedMatrix

  /// Starts from given codes.
  public init(_ matrix: QuantizedMatrix) {
    source = matrix
    codes = CodeParameter(matrix)
    values = DenseWeight(codes.values.weightMatrix)
  }

  /// `[out, in]` of the map.
  public var shape: Shape { source.shape }
  /// Whether the bias of the layer learns along.
  public var trainsBias: Bool { true }
  /// Whether integer codes learn.
  public var hasCodes: Bool { true }

  /// The learned weight in the form it came in.
  public var representation: Representation {
    get throws(ModelError) { .quantized(try source.replacing(allCodes: codes.codes)) }
  }

  /// `Y = X Wᵀ`.
  /// - Shape: input `[count, in]`, output `[count, out]`.
  public mutating func forward(_ input: [Float], count: Int, into output: inout [Float]) {
    values.forward(input, count: count, into: &output)
  }

  /// Does nothing: a single matrix has no inner side.
  public mutating func prepareBackward(from gradient: [Float], count: Int) {}

  /// Adds to `carry` times the gradients of the codes.
  /// - Shape: input `[count, in]`, gradient `[count, out]`.
  public mutating func accumulateGradients(
    input: [Float], gradient: [Float], count: Int, carry: Float
  ) {
    values.accumulateGradients(input: input, gradient: gradient, count: count, carry: 0)
    codes.accumulate(valueGradient: values.matrix.gradient, carry: carry)
  }

  /// The gradient at the input.
  /// - Shape: gradient `[count, out]`, result `[count, in]`.
  public func propagate(_ gradient: [Float], count: Int, into inputGradient: inout [Float]) {
    values.propagate(gradient, count: count, into: &inputGradient)
  }

  /// Adds the gradient of the price of the codes.
  public mutating func addRatePenalty(price: Float) { codes.addRatePenalty(price: price) }

  /// Moves the codes.
  public mutating func update(_ optimizer: Optimizer, step: Int) {
    codes.update(optimizer, step: step)
    codes.write(to: &values.matrix)
  }
}
