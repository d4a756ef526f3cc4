internal import SpectrimCore

/// A convolution as products with the patches that its window sees, some at a time.
///
/// Factors stay factors: `V` is applied to the patches as a convolution to `r` channels, `U` to its
/// outputs as one of 1×1.
struct ConvolutionStep: CompiledStep {
  let outputWidth: Int
  private let groups: [Group]
  private let outputCount: Int
  private let positionCount: Int
  private let patchWidth: Int
  private let blockRowCount: Int

  /// The inputs and outputs that belong together.
  private struct Group {
    let grid: PatchGrid
    let product: BiasedProduct
  }

  /// How many floats of patches are gathered before the next product, 256 KiB, so that BLAS finds
  /// them in the cache.
  /// - Source: measured with LeNet-5 and one thread, see `Benchmarks/run convolution`.
  private static let patchBudget = 1 << 16

  init(_ layer: Layer, _ convolution: Convolution, on step: ChannelLastStep) {
    guard case .map(let channelCount, _, _) = step.input else {
      preconditionFailure("a convolution takes a map")
    }
    let groupInputs = channelCount / convolution.groups
    let groupOutputs = layer.outputCount / convolution.groups
    let bias = layer.bias?.values
    groups = layer.parts.enumerated().map { index, part in
      let outputs = index * groupOutputs..<(index + 1) * groupOutputs
      return Group(
        grid: PatchGrid(
          convolution.window, on: step.input,
          channels: index * groupInputs..<(index + 1) * groupInputs),
        product: BiasedProduct(
          step.order.map { part.selecting(columns: $0) } ?? part,
          bias: bias.map { Array($0[outputs]) }, activation: layer.activation))
    }
    outputWidth = step.output.elementCount
    outputCount = layer.outputCount
    positionCount = outputWidth / outputCount
    patchWidth = groups[0].grid.patchWidth
    blockRowCount = max(1, Self.patchBudget / max(patchWidth, 1))
  }

  func reserve(_ scratch: inout StepScratch, count: Int) {
    let rowCount = min(blockRowCount, count * positionCount)
    if !groups[0].grid.isIdentity { scratch.patches.grow(to: rowCount * patchWidth) }
    if groups.count > 1 { scratch.part.grow(to: rowCount * groups[0].product.outputCount) }
    let scratchWidth = groups.map(\.product.scratchWidth).max() ?? 0
    scratch.kernel.reserve(rowCount * scratchWidth)
  }

  func run(
    _ input: Span<Float>, count: Int, into output: inout MutableSpan<Float>,
    scratch: inout StepScratch
  ) {
    let maps = input.extracting(0..<count * groups[0].grid.imageWidth)
    let rowCount = count * positionCount
    for start in stride(from: 0, to: rowCount, by: blockRowCount) {
      let range = start..<min(start + blockRowCount, rowCount)
      var rows = output._mutatingExtracting(
        range.lowerBound * outputCount..<range.upperBound * outputCount)
      if groups.count == 1 {
        run(groups[0], maps, range, into: &rows, &scratch)
      } else {
        for index in groups.indices {
          runPart(groups[index], maps, range, &scratch)
          interleave(scratch.part, ofGroup: index, into: &rows)
        }
      }
    }
  }

  private func run(
    _ group: Group, _ maps: Span<Float>, _ range: Range<Int>,
    into rows: inout MutableSpan<Float>, _ scratch: inout StepScratch
  ) {
    if group.grid.isIdentity {
      let patches = maps.extracting(
        range.lowerBound * patchWidth..<range.upperBound * patchWidth)
      group.product.run(patches, rowCount: range.count, into: &rows, scratch: &scratch.kernel)
    } else {
      var patches = scratch.patches.mutableSpan
      group.grid.gather(range, of: maps, into: &patches)
      group.product.run(
        scratch.patches, rowCount: range.count, into: &rows, scratch: &scratch.kernel)
    }
  }

  /// Computes the outputs of one group into the scratch.
  private func runPart(
    _ group: Group, _ maps: Span<Float>, _ range: Range<Int>, _ scratch: inout StepScratch
  ) {
    var patches = scratch.patches.mutableSpan
    group.grid.gather(range, of: maps, into: &patches)
    group.product.run(
      scratch.patches, rowCount: range.count, into: &scratch.part, scratch: &scratch.kernel)
  }

  /// Copies the outputs of one group between those of the others.
  /// - Shape: part at least `[rows, out / groups]`, rows `[rows, out]`.
  private func interleave(
    _ part: [Float], ofGroup index: Int, into rows: inout MutableSpan<Float>
  ) {
    let width = groups[index].product.outputCount
    var source = 0
    for start in stride(from: index * width, to: rows.count, by: outputCount) {
      for column in 0..<width { rows[start + column] = part[source + column] }
      source += width
    }
  }
}
