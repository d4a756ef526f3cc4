internal import SpectrimCore

/// Convolutions and poolings.
extension KerasAssembler {
  mutating func appendConvolution(_ layer: KerasLayer) throws {
    let kernel = try layer.extent("kernel_size", default: nil)
    let (outputs, groups) = (try layer.count("filters"), try layer.count("groups", default: 1))
    let channels = try mapOf(layer).channels
    guard channels % groups == 0, outputs % groups == 0 else {
      throw layer.invalid("\(channels) channels and \(outputs) filters for \(groups) groups")
    }
    let weights = weights(of: layer, ["kernel", "bias"])
    let weight = try convolutionWeight(
      weights, "kernel", kernel: kernel, inputs: channels / groups, outputs: outputs)
    try push(
      .layer(
        Layer(
          name: layer.name,
          operation: .conv2d(
            Convolution(window: try window(layer, kernel: kernel), groups: groups)),
          weight: weight, bias: try weights.bias(count: outputs),
          activation: try KerasActivation.function(of: layer))))
  }

  mutating func appendDepthwiseConvolution(_ layer: KerasLayer) throws {
    let weights = weights(of: layer, ["kernel", "bias"])
    // Keras 2 calls it by its full name.
    let name = weights.contains("depthwise_kernel") ? "depthwise_kernel" : "kernel"
    let count = try mapOf(layer).channels * layer.count("depth_multiplier", default: 1)
    try pushDepthwise(
      weights, name, named: layer.name, bias: try weights.bias(count: count),
      activation: try KerasActivation.function(of: layer))
  }

  /// A convolution of each channel, then one of 1×1 over all of them.
  mutating func appendSeparableConvolution(_ layer: KerasLayer) throws {
    let weights = weights(of: layer, ["depthwise_kernel", "pointwise_kernel", "bias"])
    try pushDepthwise(
      weights, "depthwise_kernel", named: "\(layer.name)/depthwise", bias: nil, activation: .none)
    let (inputs, outputs) = (channelCount, try layer.count("filters"))
    let weight = try convolutionWeight(
      weights, "pointwise_kernel", kernel: Extent(1), inputs: inputs, outputs: outputs)
    try push(
      .layer(
        Layer(
          name: "\(layer.name)/pointwise",
          operation: .conv2d(Convolution(window: Window(kernel: Extent(1)))), weight: weight,
          bias: try weights.bias(count: outputs),
          activation: try KerasActivation.function(of: layer))))
  }

  /// Channel `c` makes the outputs `c · multiplier` and following.
  private mutating func pushDepthwise(
    _ weights: KerasLayerWeights, _ kernelName: String, named name: String, bias: Bias?,
    activation: Activation
  ) throws {
    let layer = weights.layer
    let kernel = try layer.extent("kernel_size", default: nil)
    let channels = try mapOf(layer).channels
    let multiplier = try layer.count("depth_multiplier", default: 1)
    let shape = [kernel.height, kernel.width, channels, multiplier]
    let tensor = try weights.floats(kernelName, shape: shape)
    let matrix = Matrix(
      Shape(kernel.height * kernel.width, channels * multiplier), tensor.floats
    ).transposed
    try push(
      .layer(
        Layer(
          name: name,
          operation: .conv2d(
            Convolution(window: try window(layer, kernel: kernel), groups: channels)),
          weight: .dense(WeightMatrix(matrix, storedAs: tensor.type.elementType ?? .float32)),
          bias: bias, activation: activation)))
  }

  /// A kernel `[height, width, in, out]` as the matrix `[out, in · height · width]`.
  private func convolutionWeight(
    _ weights: KerasLayerWeights, _ name: String, kernel: Extent, inputs: Int, outputs: Int
  ) throws -> Representation {
    let matrix = try weights.matrix(name, shape: [kernel.height, kernel.width, inputs, outputs])
    let weight = Representation.dense(matrix)
    return ChannelOrder.channelFirst(channels: inputs, planeCount: kernel.height * kernel.width)
      .map { weight.selecting(columns: $0) } ?? weight
  }

  mutating func appendPooling(_ layer: KerasLayer, _ kind: Pooling.Kind) throws {
    let kernel = try layer.extent("pool_size", default: Extent(2))
    let zeros = padding
    // A maximum sees zeros that were put around, unless nothing is below them anyway; a mean
    // counts them, but never those of `same`.
    guard zeros.isEmpty || kind == .average || isNonNegative else {
      throw layer.obstacle("takes the maximum of a padding with zeros")
    }
    let isSame = layer["padding"] == .text("same")
    guard zeros.isEmpty || kind == .maximum || !isSame else {
      throw layer.obstacle("takes the mean of two paddings, of which only one counts")
    }
    let window = try window(layer, kernel: kernel, defaultStride: kernel)
    try push(
      layer.name, .pool(try Pooling(kind, window: window, countsPadding: !zeros.isEmpty)))
  }

  mutating func appendGlobalPooling(_ layer: KerasLayer, _ kind: Pooling.Kind) throws {
    let map = try mapOf(layer)
    let window = try Window(kernel: map.extent)
    try push(layer.name, .pool(try Pooling(kind, window: window)))
    if try !layer.flag("keepdims", default: false) { try appendFlatten("\(layer.name)/flatten") }
  }

  mutating func appendPadding(_ layer: KerasLayer) throws {
    _ = try mapOf(layer)
    let member = layer["padding"] ?? .integer(1)
    let pairs = (member.list ?? [member, member]).map { $0.list ?? [$0, $0] }
    let sides = pairs.flatMap { $0 }.compactMap(\.integer)
    guard pairs.count == 2, sides.count == 4, sides.allSatisfy({ 0...1 << 16 ~= $0 }) else {
      throw layer.invalid("`padding` is \(member); expected two pairs of counts")
    }
    padding = padding + Padding(top: sides[0], left: sides[2], bottom: sides[1], right: sides[3])
  }

  private func mapOf(_ layer: KerasLayer) throws(KerasObstacle) -> (channels: Int, extent: Extent) {
    guard case .map(let channels, let height, let width) = shape else {
      throw layer.obstacle("takes a map, but gets \(shape)")
    }
    return (channels, Extent(height: height, width: width))
  }

  /// The window of a layer together with the zeros that wait in front of it.
  private mutating func window(
    _ layer: KerasLayer, kernel: Extent, defaultStride: Extent = Extent(1)
  ) throws -> Window {
    let stride = try layer.extent("strides", default: defaultStride)
    let dilation = try layer.extent("dilation_rate", default: Extent(1))
    let map = try mapOf(layer).extent
    let zeros = padding
    padding = Padding(0)
    var added = Padding(0)
    switch layer["padding"]?.text ?? "valid" {
    case "valid": break
    case "same":
      // Checks all numbers before anything is computed with them.
      let bare = try Window(kernel: kernel, stride: stride, dilation: dilation)
      added = bare.samePadding(
        on: Extent(
          height: map.height + zeros.top + zeros.bottom,
          width: map.width + zeros.left + zeros.right))
    case let other: throw layer.obstacle("has the padding `\(other)`")
    }
    return try Window(kernel: kernel, stride: stride, padding: zeros + added, dilation: dilation)
  }
}

private func + (left: Padding, right: Padding) -> Padding {
  Padding(
    top: left.top + right.top, left: left.left + right.left, bottom: left.bottom + right.bottom,
    right: left.right + right.right)
}
