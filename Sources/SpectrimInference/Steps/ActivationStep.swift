internal import SpectrimCore

/// A function of the numbers of an example that no layer applies.
struct ActivationStep: CompiledStep {
  let outputWidth: Int
  private let activation: Activation

  init(_ activation: Activation, outputWidth: Int) {
    (self.activation, self.outputWidth) = (activation, outputWidth)
  }

  func run(
    _ input: Span<Float>, count: Int, into output: inout MutableSpan<Float>,
    scratch: inout StepScratch
  ) {
    var rows = output._mutatingExtracting(0..<count * outputWidth)
    for index in rows.indices { rows[index] = input[index] }
    activation.apply(to: &rows, columnCount: outputWidth)
  }
}
