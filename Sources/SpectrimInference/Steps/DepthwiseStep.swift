internal import SpectrimCore

/// A convolution with one input channel per group, all channels at a time.
///
/// A matrix of one column of patches per channel would be mostly copying. The weight, which is
/// `[out, kernel elements]` and the smallest part of its network, is expanded when the model is
/// loaded, whatever its form.
struct DepthwiseStep: CompiledStep {
  let outputWidth: Int
  private let grid: PatchGrid
  private let outputCount: Int
  /// The weight for every element of the kernel.
  /// - Shape: `[kernel elements, out]`.
  private let weights: [Float]
  /// The bias, or zeros.
  /// - Shape: `[out]`.
  private let bias: [Float]
  private let activation: Activation

  init(_ layer: Layer, _ window: Window, on step: ChannelLastStep) {
    grid = PatchGrid(window, on: step.input)
    outputWidth = step.output.elementCount
    outputCount = layer.outputCount
    weights = layer.weight.materialized().transposed.elements
    bias = layer.bias?.values ?? Array(repeating: 0, count: layer.outputCount)
    activation = layer.activation
  }

  func run(
    _ input: Span<Float>, count: Int, into output: inout MutableSpan<Float>,
    scratch: inout StepScratch
  ) {
    precondition(input.count >= count * grid.imageWidth, "\(input.count) inputs")
    var rows = output._mutatingExtracting(0..<count * outputWidth)
    var target = 0
    for image in 0..<count {
      for row in 0..<grid.rows.count {
        for column in 0..<grid.columns.count {
          for channel in 0..<outputCount { rows[target + channel] = bias[channel] }
          addProducts(input, image: image, row: row, column: column, to: &rows, at: target)
          target += outputCount
        }
      }
    }
    activation.apply(to: &rows, columnCount: outputCount)
  }

  /// Adds what the window sees at one position, times its weights.
  ///
  /// Elements are read unchecked: `inside(at:)` gives places on the map, whose images `run` counted.
  private func addProducts(
    _ input: Span<Float>, image: Int, row: Int, column: Int,
    to output: inout MutableSpan<Float>, at target: Int
  ) {
    let channelCount = grid.mapChannelCount
    let multiplier = outputCount / channelCount
    let weights = weights.span
    for kernelRow in grid.rows.inside(at: row) {
      let y = grid.rows.origin(at: row) + kernelRow * grid.rows.dilation
      for kernelColumn in grid.columns.inside(at: column) {
        let x = grid.columns.origin(at: column) + kernelColumn * grid.columns.dilation
        let place = image * grid.imageWidth + (y * grid.columns.side + x) * channelCount
        let weight = (kernelRow * grid.columns.kernel + kernelColumn) * outputCount
        if multiplier == 1 {
          for channel in 0..<channelCount {
            output[unchecked: target &+ channel] +=
              input[unchecked: place &+ channel] * weights[unchecked: weight &+ channel]
          }
        } else {
          for channel in 0..<outputCount {
            output[unchecked: target &+ channel] +=
              input[unchecked: place &+ channel / multiplier]
              * weights[unchecked: weight &+ channel]
          }
        }
      }
    }
  }
}
