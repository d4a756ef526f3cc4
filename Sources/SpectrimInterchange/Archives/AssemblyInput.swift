internal import SpectrimCore

/// What goes into the first step: what `--input-shape` says, or the width of the first linear layer.
struct AssemblyInput {
  let modelInput: ModelInput
  /// The same as the first step takes it.
  let shape: FeatureShape

  init(
    _ pairs: [AssemblyPair], _ axes: [KernelAxes], _ convention: WeightConvention,
    _ options: ImportOptions, file: String
  ) throws(InterchangeError) {
    let sides = try Self.sides(pairs, axes, options, file: file)
    do {
      guard sides.count == 3 else {
        modelInput = try ModelInput(shape: sides)
        shape = .vector(modelInput.elementCount)
        return
      }
      // Programs that keep the kernels of convolutions channel last keep their maps so too.
      modelInput =
        convention.isChannelLast || Self.isChannelLast(pairs, axes)
        ? try ModelInput(shape: [sides[1], sides[2], sides[0]], layout: .hwc)
        : try ModelInput(shape: sides, layout: .chw)
      shape =
        Self.takesVector(pairs)
        ? .vector(modelInput.elementCount)
        : .map(channels: sides[0], height: sides[1], width: sides[2])
    } catch { throw InterchangeError(.ambiguous, file: file, "--input-shape: \(error)") }
  }

  /// `[features]` or `[channels, height, width]`.
  private static func sides(
    _ pairs: [AssemblyPair], _ axes: [KernelAxes], _ options: ImportOptions, file: String
  ) throws(InterchangeError) -> [Int] {
    if let sides = options.inputShape {
      guard sides.count == 1 || sides.count == 3 else {
        throw InterchangeError(
          .ambiguous, file: file, "--input-shape has \(sides.count) sides; expected 784 or 1x28x28",
          found: "\(sides)", expected: "one side or three")
      }
      return sides
    }
    for (place, pair) in pairs.enumerated() {
      switch (pair.step, pair.group?.content) {
      case (.linear, .kernel(let kernel, _, _)):
        return [axes[place] == .outputsFirst ? kernel.shape[1] : kernel.shape[0]]
      case (.convolution(_, _, _, let groups, _), .kernel(let kernel, _, _)):
        let channels = groups * (axes[place] == .outputsFirst ? kernel.shape[1] : kernel.shape[2])
        throw missing("\(channels)x28x28", "\(channels) channels", file: file)
      case (.pool, _): throw missing("1x28x28", "a map", file: file)
      default: continue
      }
    }
    throw missing("1x28x28", "a known size", file: file)
  }

  private static func missing(_ example: String, _ what: String, file: String) -> InterchangeError {
    InterchangeError(
      .ambiguous, file: file,
      "the input takes \(what), but the file does not say how many rows and columns; "
        + "pass --input-shape, for example --input-shape \(example)",
      expected: "--input-shape \(example)")
  }

  private static func takesVector(_ pairs: [AssemblyPair]) -> Bool {
    if case .linear = pairs.first?.step { true } else { false }
  }

  private static func isChannelLast(_ pairs: [AssemblyPair], _ axes: [KernelAxes]) -> Bool {
    zip(pairs, axes).contains { pair, axes in
      if case .convolution = pair.step { axes == .inputsFirst } else { false }
    }
  }
}
