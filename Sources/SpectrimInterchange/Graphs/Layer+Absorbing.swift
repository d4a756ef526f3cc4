internal import SpectrimCore

extension Layer {
  /// This layer with what follows it, or `nil` where that is not one layer.
  func absorbing(following transform: Transform) throws(ModelError) -> Layer? {
    guard activation == .none else { return nil }
    switch transform.operation {
    case .activation(let function):
      return try Layer(
        name: name, operation: operation, weight: weight, bias: bias, activation: function,
        initializer: initializer, inputQuantization: inputQuantization)
    case .affine(let affine): return try absorbing(following: affine)
    case .pool, .flatten, .layerNormalization: return nil
    }
  }

  /// `s ∘ (W x + b) + t = (diag(s) W) x + (s ∘ b + t)`, computed in `Double`.
  private func absorbing(following affine: ChannelAffine) throws(ModelError) -> Layer? {
    guard case .dense(let matrix) = weight, affine.scale.count == outputCount else { return nil }
    var values = matrix.values
    for index in values.elements.indices {
      let scale = affine.scale[index / values.columnCount]
      values.elements[index] = Float(Double(values.elements[index]) * Double(scale))
    }
    let constants = (0..<outputCount).map { row in
      let bias = Double(bias?.values[row] ?? 0)
      return Float(Double(affine.scale[row]) * bias + Double(affine.shift[row]))
    }
    return try replacing(values, constants, activation: activation)
  }

  /// `W (s ∘ x + t) + b = (W diag(s)) x + (W t + b)`, computed in `Double`; `nil` where padding
  /// would have to be `t` in place of zero.
  /// - Parameter runLength: How many neighbouring inputs of a linear layer share a channel.
  func absorbing(
    preceding affine: ChannelAffine, runLength: Int
  ) throws(ModelError) -> Layer? {
    guard case .dense(let matrix) = weight, inputQuantization == nil else { return nil }
    let channelOfColumn: (_ row: Int, _ column: Int) -> Int
    switch operation {
    case .linear: channelOfColumn = { _, column in column / runLength }
    case .conv2d(let convolution):
      let window = convolution.window
      guard window.padding.isEmpty || affine.shift.allSatisfy({ $0 == 0 }) else { return nil }
      let rowsPerGroup = outputCount / convolution.groups
      let channelsPerGroup = inputCount / window.elementCount
      channelOfColumn = { row, column in
        row / rowsPerGroup * channelsPerGroup + column / window.elementCount
      }
    }
    var values = matrix.values
    var constants = (bias?.values ?? Array(repeating: 0, count: outputCount)).map(Double.init)
    for row in 0..<values.rowCount {
      for column in 0..<values.columnCount {
        let (weight, channel) = (Double(values[row, column]), channelOfColumn(row, column))
        values[row, column] = Float(weight * Double(affine.scale[channel]))
        constants[row] += weight * Double(affine.shift[channel])
      }
    }
    return try replacing(values, constants.map { Float($0) }, activation: activation)
  }

  /// The same layer with weights that are no longer those of its initializer.
  private func replacing(
    _ values: Matrix<Float>, _ constants: [Float], activation: Activation
  ) throws(ModelError) -> Layer {
    try Layer(
      name: name, operation: operation, weight: .dense(WeightMatrix(values)),
      bias: Bias(constants), activation: activation, inputQuantization: inputQuantization)
  }
}
