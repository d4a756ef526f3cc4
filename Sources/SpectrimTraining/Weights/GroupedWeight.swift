public import SpectrimCore

/// The weight of a convolution in groups, each of which has rows and channels of its own.
///
/// Rows of a batch hold the channels of all groups. A matrix learns, of floats or of codes: its rows
/// belong to one group each. Factors that all groups share stay as they are and only pass gradients
/// on; the bias learns beside either.
public struct GroupedWeight: TrainableWeight {
  /// The weight of every group.
  /// - Shape: each `[out / groups, in]`.
  private var parts: [any TrainableWeight]
  private let inputs: ChannelGroups
  private let outputs: ChannelGroups
  private let source: Representation

  /// Starts from the weight of all groups.
  /// - Parameter inputs: the columns of a batch, which the groups share out.
  init(_ weight: Representation, inputs: ChannelGroups) {
    let rowCount = weight.shape.rowCount / inputs.count
    parts = (0..<inputs.count).map {
      weight.selecting(rows: Array($0 * rowCount..<($0 + 1) * rowCount)).trainable
    }
    self.inputs = inputs
    outputs = ChannelGroups(count: inputs.count, channelCount: rowCount)
    source = weight
  }

  /// `[out, in]`, where `in` are the inputs of one group.
  public var shape: Shape { source.shape }
  /// Whether the bias of the layer learns along.
  public var trainsBias: Bool { parts[0].trainsBias }
  /// Whether there are integer codes.
  public var hasCodes: Bool { parts[0].hasCodes }

  /// Whether every group has numbers of its own.
  private var learns: Bool {
    switch source {
    case .dense, .quantized: true
    case .factorized, .chain, .lora, .quantizedLowRank: false
    }
  }

  /// The learned weight in the form it came in.
  public var representation: Representation {
    get throws(ModelError) {
      switch source {
      case .dense:
        let rows = parts.compactMap { ($0 as? DenseWeight)?.matrix.values }
        return .dense(WeightMatrix(Matrix(shape, Array(rows.joined()))))
      case .quantized(let matrix):
        let rows = parts.compactMap { ($0 as? QuantizedWeight)?.codes.codes.elements }
        return .quantized(try matrix.replacing(allCodes: Matrix(shape, Array(rows.joined()))))
      case .factorized, .chain, .lora, .quantizedLowRank: return source
      }
    }
  }

  /// `Y = X Wᵀ`, group by group.
  /// - Shape: input `[count, groups · in]`, output `[count, out]`.
  public mutating func forward(_ input: [Float], count: Int, into output: inout [Float]) {
    var part = [Float](repeating: 0, count: count * outputs.partWidth)
    for group in parts.indices {
      parts[group].forward(
        inputs.part(group, of: input, rowCount: count), count: count, into: &part)
      outputs.put(part, ofGroup: group, rowCount: count, into: &output)
    }
  }

  /// Carries the gradient to the sides between factors.
  /// - Shape: gradient `[count, out]`.
  public mutating func prepareBackward(from gradient: [Float], count: Int) {
    for group in parts.indices {
      parts[group].prepareBackward(
        from: outputs.part(group, of: gradient, rowCount: count), count: count)
    }
  }

  /// Adds to `carry` times the gradients of a matrix.
  /// - Shape: input `[count, groups · in]`, gradient `[count, out]`.
  public mutating func accumulateGradients(
    input: [Float], gradient: [Float], count: Int, carry: Float
  ) {
    guard learns else { return }
    for group in parts.indices {
      parts[group].accumulateGradients(
        input: inputs.part(group, of: input, rowCount: count),
        gradient: outputs.part(group, of: gradient, rowCount: count), count: count, carry: carry)
    }
  }

  /// The gradient at the input.
  /// - Shape: gradient `[count, out]`, result `[count, groups · in]`.
  public func propagate(_ gradient: [Float], count: Int, into inputGradient: inout [Float]) {
    var part = [Float](repeating: 0, count: count * inputs.partWidth)
    for group in parts.indices {
      parts[group].propagate(
        outputs.part(group, of: gradient, rowCount: count), count: count, into: &part)
      inputs.put(part, ofGroup: group, rowCount: count, into: &inputGradient)
    }
  }

  /// Adds the gradient of the price of the codes, where they learn.
  public mutating func addRatePenalty(price: Float) {
    guard learns else { return }
    for group in parts.indices { parts[group].addRatePenalty(price: price) }
  }

  /// Moves a matrix.
  public mutating func update(_ optimizer: Optimizer, step: Int) {
    guard learns else { return }
    for group in parts.indices { parts[group].update(optimizer, step: step) }
  }
}
