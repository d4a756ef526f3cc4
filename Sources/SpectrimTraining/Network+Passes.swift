internal import SpectrimCore

extension Network {
  /// Computes all steps for the batch of the tape.
  /// - Parameter dropout: what outputs of hidden linear layers are multiplied with, for training
  ///   only.
  public mutating func forward(_ tape: inout Tape, dropout: inout Dropout?) {
    for index in steps.indices { forward(step: index, &tape, &dropout) }
  }

  /// Computes all steps for the batch of the tape, without dropout.
  public mutating func forward(_ tape: inout Tape) {
    var none: Dropout?
    for index in tape.masks.indices where !tape.masks[index].isEmpty { tape.masks[index] = [] }
    forward(&tape, dropout: &none)
  }

  /// Carries the gradient at the last `z` back to the `z` of every layer.
  /// - Parameter carry: if given, the parameters learn: their gradients are added to this share of
  ///   the earlier ones.
  public mutating func backward(_ tape: inout Tape, carry: Float?) {
    for index in steps.indices.reversed() {
      switch steps[index].work {
      case .layer(let layer):
        learn(layer: layer, step: index, tape, carry: carry)
        // In front of the first layer nothing learns.
        guard layer > 0 else { return }
        propagate(layer: layer, step: index, &tape)
      case .pooling(let pooling, let grid): tape.spread(step: index, pooling, grid)
      case .activation(let activation): tape.deactivate(step: index, activation)
      case .affine(let scale, _): tape.scaleGradient(step: index, by: scale)
      case .normalization(let scale, _, let epsilon):
        tape.denormalizeGradient(step: index, scale: scale, epsilon: epsilon)
      case .turning: return
      }
      if case .layer(let front) = steps[index - 1].work {
        settle(layer: front, step: index - 1, &tape)
      }
    }
  }

  /// Computes no more than what the weight of one layer sees, for the batch of the tape and without
  /// dropout.
  public mutating func forward(_ tape: inout Tape, toInputOfLayer target: Int) {
    var none: Dropout?
    for index in tape.masks.indices where !tape.masks[index].isEmpty { tape.masks[index] = [] }
    for index in steps.indices {
      guard case .layer(target) = steps[index].work else {
        forward(step: index, &tape, &none)
        continue
      }
      if layers[target].gathersPatches, let grid = layers[target].grid {
        tape.gatherPatches(step: index, grid)
      }
      return
    }
  }

  private mutating func forward(step index: Int, _ tape: inout Tape, _ dropout: inout Dropout?) {
    switch steps[index].work {
    case .layer(let layer): forward(layer: layer, step: index, &tape, &dropout)
    case .pooling(let pooling, let grid): tape.pool(step: index, pooling, grid)
    case .activation(let activation): tape.activate(step: index, activation)
    case .affine(let scale, let shift): tape.scale(step: index, by: scale, shift: shift)
    case .normalization(let scale, let shift, let epsilon):
      tape.normalize(step: index, scale: scale, shift: shift, epsilon: epsilon)
    case .turning(let order): tape.turn(step: index, order)
    }
  }

  private mutating func forward(
    layer: Int, step: Int, _ tape: inout Tape, _ dropout: inout Dropout?
  ) {
    if layers[layer].gathersPatches, let grid = layers[layer].grid {
      tape.gatherPatches(step: step, grid)
    }
    let rowCount = tape.rowCount(ofStep: step)
    layers[layer].weight.forward(
      tape.rows(ofStep: step), count: rowCount, into: &tape.preActivations[step])
    layers[layer].finish(
      &tape.preActivations[step], count: rowCount, into: &tape.outputs[step])
    if layers[layer].grid == nil, !tape.outputs[step].isEmpty {
      dropout?.apply(
        to: &tape.outputs[step], mask: &tape.masks[step], count: tape.count * steps[step].width)
    }
  }

  /// Adds the gradients of a layer, whose gradient at `z` is known.
  private mutating func learn(layer: Int, step: Int, _ tape: Tape, carry: Float?) {
    let rowCount = tape.rowCount(ofStep: step)
    layers[layer].weight.prepareBackward(from: tape.gradients[step], count: rowCount)
    if let carry {
      layers[layer].accumulateGradients(
        input: tape.rows(ofStep: step), gradient: tape.gradients[step], count: rowCount,
        carry: carry)
    }
  }

  /// Carries the gradient at the `z` of a layer to what it read.
  private func propagate(layer: Int, step: Int, _ tape: inout Tape) {
    let rowCount = tape.rowCount(ofStep: step)
    guard layers[layer].gathersPatches, let grid = layers[layer].grid else {
      layers[layer].weight.propagate(
        tape.gradients[step], count: rowCount, into: &tape.gradients[step - 1])
      return
    }
    reserve(rowCount * grid.patchWidth, in: &tape.patchGradient)
    layers[layer].weight.propagate(
      tape.gradients[step], count: rowCount, into: &tape.patchGradient)
    tape.scatterPatchGradient(step: step, grid)
  }

  /// Makes a gradient at the output of a layer one at its `z`.
  private func settle(layer: Int, step: Int, _ tape: inout Tape) {
    let length = tape.count * steps[step].elementCount
    if !tape.masks[step].isEmpty {
      ElementLoops.multiply(&tape.gradients[step], by: tape.masks[step], count: length)
    }
    layers[layer].activation.scaleByDerivative(
      &tape.gradients[step], preActivation: tape.preActivations[step], count: length)
  }
}
