internal import SpectrimCore

/// What steps other than products do to the buffers of a batch.
extension Tape {
  /// Copies what a window sees at all positions.
  mutating func gatherPatches(step: Int, _ grid: PatchGrid) {
    let maps = input(ofStep: step)
    var target = patches[step].mutableSpan
    grid.gather(0..<count * grid.positionCount, of: maps.span, into: &target)
  }

  /// Adds the gradient at the patches of a step to the places they were copied from.
  mutating func scatterPatchGradient(step: Int, _ grid: PatchGrid) {
    clearGradient(step - 1, count * grid.imageWidth)
    let patches = patchGradient
    var target = gradients[step - 1].mutableSpan
    grid.scatterAdd(patches.span, 0..<count * grid.positionCount, to: &target)
  }

  /// Takes the maximum or the mean of every window.
  mutating func pool(step: Int, _ pooling: Pooling, _ grid: PatchGrid) {
    let maps = input(ofStep: step)
    guard pooling.kind == .maximum else {
      var target = preActivations[step].mutableSpan
      grid.takeMean(
        of: maps.span, count: count, into: &target, countsPadding: pooling.countsPadding)
      return
    }
    if winners[step].isEmpty {
      winners[step] = Array(repeating: 0, count: preActivations[step].count)
    }
    Self.takeMaximum(
      of: maps, count: count, grid, into: &preActivations[step], winners: &winners[step])
  }

  private static func takeMaximum(
    of maps: [Float], count: Int, _ grid: PatchGrid, into result: inout [Float],
    winners: inout [Int32]
  ) {
    var result = result.mutableSpan
    var winners = winners.mutableSpan
    grid.takeMaximum(of: maps.span, count: count, into: &result, winners: &winners)
  }

  /// Gives the gradient of a pooling to the numbers that it took.
  mutating func spread(step: Int, _ pooling: Pooling, _ grid: PatchGrid) {
    clearGradient(step - 1, count * grid.imageWidth)
    let outer = gradients[step]
    if pooling.kind == .average {
      var target = gradients[step - 1].mutableSpan
      grid.spreadMean(
        outer.span, count: count, to: &target, countsPadding: pooling.countsPadding)
      return
    }
    let places = winners[step]
    var target = gradients[step - 1].mutableSpan
    for index in 0..<count * grid.positionCount * grid.mapChannelCount {
      target[Int(places[index])] += outer[index]
    }
  }

  /// Applies a function that no layer applies.
  mutating func activate(step: Int, _ activation: Activation) {
    Self.copyRows(input(ofStep: step), to: &preActivations[step])
    // Rows beyond `count` are computed along; they hold an earlier batch and are not read.
    var values = preActivations[step].mutableSpan
    activation.apply(to: &values, columnCount: values.count)
  }

  /// Carries a gradient back through a function that no layer applies.
  mutating func deactivate(step: Int, _ activation: Activation) {
    Self.copyRows(gradients[step], to: &gradients[step - 1])
    activation.scaleByDerivative(
      &gradients[step - 1], preActivation: input(ofStep: step),
      count: count * (preActivations[step].count / capacity))
  }

  /// Puts the channels of the input last.
  mutating func turn(step: Int, _ order: [Int]) {
    let source = input(ofStep: step)
    for start in stride(from: 0, to: count * order.count, by: order.count) {
      for (place, index) in order.enumerated() {
        preActivations[step][start + place] = source[start + index]
      }
    }
  }

  private static func copyRows(_ source: [Float], to target: inout [Float]) {
    precondition(source.count == target.count, "\(source.count) numbers for \(target.count)")
    let source = source.span
    var target = target.mutableSpan
    for index in target.indices { target[index] = source[index] }
  }

  private mutating func clearGradient(_ step: Int, _ count: Int) {
    var target = gradients[step].mutableSpan
    for index in 0..<count { target[index] = 0 }
  }
}
