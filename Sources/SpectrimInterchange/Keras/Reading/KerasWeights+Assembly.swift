internal import SpectrimCore
internal import SpectrimHDF5

/// Files of weights alone, whose steps `--arch` gives.
extension KerasWeights {
  /// The layers with their weights read, in the order of the file.
  /// - Throws: `InterchangeError.unsupported` for a layer that is none of the known steps.
  func weightGroups(file: String) throws -> [WeightGroup] {
    try groups.flatMap { group -> [WeightGroup] in
      if group.variables.isEmpty { return [] }
      var variables: [String: Tensor] = [:]
      for (name, dataset) in zip(group.variableNames, group.variables.map(\.dataset)) {
        variables[name] = try dataset.tensor(file: file)
      }
      guard let contents = try KerasLayerContent(variables).contents else {
        throw InterchangeError(
          .unsupported, file: file,
          "layer `\(group.name)` has the weights \(group.variableNames.joined(separator: ", ")), "
            + "which no step of --arch takes")
      }
      return contents.map { WeightGroup(name: group.name + $0.suffix, $0.content) }
    }
  }
}

/// What the weights of a layer make, told by their names.
private struct KerasLayerContent {
  private let variables: [String: Tensor]

  init(_ variables: [String: Tensor]) { self.variables = variables }

  /// One step, two for a separable convolution, or `nil` for anything unknown.
  var contents: [(suffix: String, content: WeightGroup.Content)]? {
    get throws(ModelError) {
      let names = Set(variables.keys)
      let bias = variables["bias"]
      if let mean = variables["moving_mean"], let variance = variables["moving_variance"],
        names.isSubset(of: ["gamma", "beta", "moving_mean", "moving_variance"])
      {
        let content = WeightGroup.Content.batchNormalization(
          scale: variables["gamma"], shift: variables["beta"], mean: mean, variance: variance)
        return [("", content)]
      }
      if let gamma = variables["gamma"], names.isSubset(of: ["gamma", "beta"]) {
        return [("", .layerNormalization(scale: gamma, shift: variables["beta"]))]
      }
      if let depthwise = variables["depthwise_kernel"] {
        guard names.isSubset(of: ["depthwise_kernel", "pointwise_kernel", "bias"]) else {
          return nil
        }
        guard let pointwise = variables["pointwise_kernel"] else {
          return [("", .kernel(Self.grouped(depthwise), .inputsFirst, bias: bias))]
        }
        return [
          ("/depthwise", .kernel(Self.grouped(depthwise), .inputsFirst, bias: nil)),
          ("/pointwise", .kernel(pointwise, .inputsFirst, bias: bias)),
        ]
      }
      guard let kernel = variables["kernel"],
        names.isSubset(of: ["kernel", "kernel_scale", "bias"])
      else { return nil }
      guard let scale = variables["kernel_scale"] else {
        return [("", .kernel(kernel, .inputsFirst, bias: bias))]
      }
      return [("", .kernel(try Self.values(of: kernel, scale), .inputsFirst, bias: bias))]
    }
  }

  /// A depthwise kernel `[height, width, channels, multiplier]` is that of a convolution with as
  /// many groups as channels: its numbers stand in the same order.
  private static func grouped(_ kernel: Tensor) -> Tensor {
    guard kernel.shape.count == 4, !kernel.shape.contains(0) else { return kernel }
    return Tensor(
      type: kernel.type,
      shape: [kernel.shape[0], kernel.shape[1], 1, kernel.shape[2] * kernel.shape[3]],
      bytes: kernel.bytes)
  }

  /// What codes `[in, out]` stand for; Keras divides by its scales.
  private static func values(of codes: Tensor, _ scale: Tensor) throws(ModelError) -> Tensor {
    let scales = scale.floats
    guard codes.type == .int8, codes.shape.count == 2, scales.count == codes.shape[1],
      scales.allSatisfy({ $0 > 0 && $0.isFinite && (1 / $0).isFinite })
    else {
      throw .invalid("codes of shape \(codes.shape) with scales of shape \(scale.shape)")
    }
    let values = codes.codes.enumerated().map { Float($1) / scales[$0 % scales.count] }
    return Tensor(values, storedAs: .float32, shape: codes.shape)
  }
}
