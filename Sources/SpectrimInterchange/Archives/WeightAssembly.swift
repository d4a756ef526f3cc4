package import SpectrimCore

/// Puts the layers of a file without a graph into the steps that `--arch` gives.
package struct WeightAssembly {
  private let file: String
  private let name: String
  private let groups: [WeightGroup]
  private let isOrdered: Bool
  private let convention: WeightConvention

  /// - Parameters:
  ///   - file: The path, for messages.
  ///   - name: The name of the model.
  ///   - groups: The layers in the order in which they are applied.
  ///   - isOrdered: Whether that order is certain; otherwise it holds among layers of one kind.
  ///   - convention: What holds where the steps leave something out.
  package init(
    file: String, name: String, groups: [WeightGroup], isOrdered: Bool = true,
    convention: WeightConvention = .pytorch
  ) {
    self.file = file
    self.name = name
    self.groups = groups
    self.isOrdered = isOrdered
    self.convention = convention
  }

  /// The model, with batch normalizations folded, and what is to be said of it.
  /// - Throws: `InterchangeError` when steps and layers do not fit, or leave open which side of a
  ///   weight is which or how large the input is.
  package func model(
    _ architecture: Architecture, _ options: ImportOptions
  ) throws(InterchangeError) -> (model: Model, notes: [String]) {
    let pairs = try paired(with: architecture)
    let axes = try KernelOrientation(pairs, options, file: file).axes
    let input = try AssemblyInput(pairs, axes, convention, options, file: file)
    do {
      var builder = StepBuilder(pairs, axes, convention, shape: input.shape)
      try builder.build()
      let folded = try StepFolding.folded(builder.steps, input: input.shape)
      let model = try Model(name: name, input: input.modelInput, steps: folded.steps)
      return (model, folded.notes)
    } catch {
      throw Self.mismatch(
        file: file, steps: pairs.map(\.step), found: groups.map(\.summary),
        reason: error.description)
    }
  }

  /// Every step with the layer that it takes.
  private func paired(with architecture: Architecture) throws(InterchangeError) -> [AssemblyPair] {
    let steps = architecture.steps(layerCount: groups.count)
    if case .perceptron = architecture, groups.contains(where: \.isNormalization) {
      throw Self.mismatch(
        file: file, steps: steps, found: groups.map(\.summary),
        reason: "it has normalizations; list all steps, for example "
          + "cnn:linear, batch_norm, relu, linear")
    }
    var rest = groups
    var pairs: [AssemblyPair] = []
    for step in steps {
      // Names alone put `classifier` before `features`; the kind of a layer tells more.
      let fitting = isOrdered ? nil : rest.firstIndex { AssemblyPair(step: step, group: $0).fits }
      let place = step.hasParameters ? fitting ?? rest.indices.first : nil
      pairs.append(AssemblyPair(step: step, group: place.map { rest.remove(at: $0) }))
    }
    guard rest.isEmpty, pairs.allSatisfy(\.fits) else {
      throw Self.mismatch(file: file, steps: steps, found: groups.map(\.summary))
    }
    return pairs
  }

  /// What does not fit, step by step.
  static func mismatch(
    file: String, architecture: Architecture, found: [String]
  ) -> InterchangeError {
    mismatch(
      file: file, steps: architecture.steps(layerCount: found.count), found: found.map { "`\($0)`" }
    )
  }

  private static func mismatch(
    file: String, steps: [ArchitectureStep], found: [String], reason: String? = nil
  ) -> InterchangeError {
    var rest = found[...]
    var lines: [String] = []
    for (index, step) in steps.enumerated() where step.hasParameters {
      lines.append("step \(index + 1) \(step.word): \(rest.popFirst() ?? "nothing")")
    }
    if !rest.isEmpty { lines.append("left over: \(rest.joined(separator: ", "))") }
    let expected = steps.filter(\.hasParameters).map(\.word).joined(separator: ", ")
    return InterchangeError(
      .ambiguous, file: file,
      "--arch does not fit the file" + (reason.map { ": \($0)" } ?? "")
        + "; " + lines.joined(separator: "; "),
      found: found.joined(separator: ", "), expected: expected)
  }
}

/// A step and the layer of the file that gives its numbers.
struct AssemblyPair {
  let step: ArchitectureStep
  let group: WeightGroup?

  /// Whether the layer is of the kind that the step takes.
  var fits: Bool {
    switch (step, group?.content) {
    case (.linear, .kernel(let kernel, _, _)):
      kernel.shape.count == 2 && !kernel.shape.contains(0)
    case (.convolution, .kernel(let kernel, _, _)):
      kernel.shape.count == 4 && !kernel.shape.contains(0)
    case (.batchNormalization, .batchNormalization): true
    case (.layerNormalization, .layerNormalization): true
    case (.pool, nil), (.flatten, nil), (.activation, nil): true
    default: false
    }
  }
}

extension Architecture {
  /// All steps for a file with that many layers.
  fileprivate func steps(layerCount: Int) -> [ArchitectureStep] {
    switch self {
    case .steps(let steps): return steps
    case .perceptron(let activations) where activations.count == 1:
      return (0..<layerCount).map { .linear($0 < layerCount - 1 ? activations[0] : .none) }
    case .perceptron(let activations): return activations.map { .linear($0) }
    }
  }
}
