internal import SpectrimCore

/// The maximum or the mean of what a window sees, all channels at a time.
struct PoolingStep: CompiledStep {
  let outputWidth: Int
  private let pooling: Pooling
  private let grid: PatchGrid

  init(_ pooling: Pooling, on step: ChannelLastStep) {
    self.pooling = pooling
    grid = PatchGrid(pooling.window, on: step.input)
    outputWidth = step.output.elementCount
  }

  func run(
    _ input: Span<Float>, count: Int, into output: inout MutableSpan<Float>,
    scratch: inout StepScratch
  ) {
    switch pooling.kind {
    case .maximum: grid.takeMaximum(of: input, count: count, into: &output)
    case .average:
      grid.takeMean(
        of: input, count: count, into: &output, countsPadding: pooling.countsPadding)
    }
  }
}
