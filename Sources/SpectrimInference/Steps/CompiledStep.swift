internal import SpectrimCore

/// A step made ready to run on blocks of examples, maps with their channels last.
///
/// Steps are immutable: many threads may share one.
protocol CompiledStep: Sendable {
  /// Numbers of one example after the step.
  var outputWidth: Int { get }

  /// Makes the scratch large enough for `count` examples.
  func reserve(_ scratch: inout StepScratch, count: Int)

  /// Computes the step for `count` examples.
  /// - Shape: input at least `[count, in]`, output at least `[count, outputWidth]`.
  func run(
    _ input: Span<Float>, count: Int, into output: inout MutableSpan<Float>,
    scratch: inout StepScratch)
}

/// What a step needs while it runs; the content does not outlive a call.
struct StepScratch: Sendable {
  /// What a window sees at some positions.
  var patches: [Float] = []
  /// The outputs of one group.
  var part: [Float] = []
  /// What stands between the factors of a weight.
  var kernel = Scratch()
}

extension CompiledStep {
  func reserve(_ scratch: inout StepScratch, count: Int) {}
}

/// The same between buffers: an array that is an argument may be read while its neighbours in a
/// structure are written, a span of it may not.
extension CompiledStep {
  /// From the caller's rows into a buffer.
  func run(_ input: Span<Float>, count: Int, into output: inout [Float], scratch: inout StepScratch)
  {
    var output = output.mutableSpan
    run(input, count: count, into: &output, scratch: &scratch)
  }

  /// From one buffer into another.
  func run(_ input: [Float], count: Int, into output: inout [Float], scratch: inout StepScratch) {
    run(input.span, count: count, into: &output, scratch: &scratch)
  }

  /// From a buffer into the caller's rows.
  func run(
    _ input: [Float], count: Int, into output: inout MutableSpan<Float>,
    scratch: inout StepScratch
  ) {
    run(input.span, count: count, into: &output, scratch: &scratch)
  }
}

/// The steps of a model: the one place that knows which step runs what.
func compile(_ model: Model) -> [any CompiledStep] {
  var steps: [any CompiledStep] = []
  if let map = model.turnedInput { steps.append(TurningStep(toChannelLast: map)) }
  for step in model.channelLastSteps {
    switch step.step {
    case .layer(let layer): steps.append(compile(layer, step))
    case .transform(let transform):
      if let compiled = compile(transform.operation, step) { steps.append(compiled) }
    }
  }
  if let map = model.turnedOutput { steps.append(TurningStep(toChannelFirst: map)) }
  return steps
}

private func compile(_ layer: Layer, _ step: ChannelLastStep) -> any CompiledStep {
  guard case .conv2d(let convolution) = layer.operation,
    case .map(let channelCount, _, _) = step.input
  else { return LinearStep(layer, columnOrder: step.order) }
  return convolution.groups == channelCount && channelCount > 1
    ? DepthwiseStep(layer, convolution.window, on: step)
    : ConvolutionStep(layer, convolution, on: step)
}

/// `nil` for a flatten, which moves nothing here.
private func compile(
  _ operation: Transform.Operation, _ step: ChannelLastStep
) -> (any CompiledStep)? {
  switch operation {
  case .flatten: nil
  case .pool(let pooling): PoolingStep(pooling, on: step)
  case .activation(let activation):
    ActivationStep(activation, outputWidth: step.output.elementCount)
  case .layerNormalization(let norm): NormalizationStep(norm, order: step.order)
  case .affine(let affine):
    AffineStep(affine, order: step.order, outputWidth: step.output.elementCount)
  }
}
