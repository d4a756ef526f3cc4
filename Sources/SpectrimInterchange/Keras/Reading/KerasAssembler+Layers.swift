internal import SpectrimCore

extension KerasAssembler {
  /// Adds a layer.
  /// - Throws: `KerasObstacle` where Spectrim has no such step, `InterchangeError` where the file
  ///   contradicts itself.
  mutating func append(_ layer: KerasLayer) throws {
    if case .text("channels_first") = layer["data_format"] {
      throw layer.obstacle("has its channels first; Spectrim reads Keras' usual channels last")
    }
    guard inputSides.count == 1 || inputSides.count == 3 || Self.reshaping.contains(layer.className)
    else { throw layer.obstacle("takes an input of shape \(inputSides)") }
    guard padding.isEmpty || Self.takesPadding(layer) else {
      throw layer.obstacle("comes after a zero padding that cannot become part of it")
    }
    switch layer.className {
    case "Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianDropout", "GaussianNoise",
      "AlphaDropout", "ActivityRegularization", "Identity":
      notes.append(
        "layer `\(layer.name)` (\(layer.className)) does nothing after training; left out")
    case "Dense": try appendDense(layer)
    case "Conv2D", "Convolution2D": try appendConvolution(layer)
    case "DepthwiseConv2D": try appendDepthwiseConvolution(layer)
    case "SeparableConv2D", "SeparableConvolution2D": try appendSeparableConvolution(layer)
    case "MaxPooling2D", "MaxPool2D": try appendPooling(layer, .maximum)
    case "AveragePooling2D", "AvgPool2D": try appendPooling(layer, .average)
    case "GlobalMaxPooling2D", "GlobalMaxPool2D": try appendGlobalPooling(layer, .maximum)
    case "GlobalAveragePooling2D", "GlobalAvgPool2D": try appendGlobalPooling(layer, .average)
    case "ZeroPadding2D": try appendPadding(layer)
    case "Flatten": try appendFlatten(layer.name)
    case "Reshape": try appendReshape(layer)
    case "BatchNormalization", "BatchNormalizationV1", "SyncBatchNormalization":
      try appendBatchNormalization(layer)
    case "LayerNormalization": try appendLayerNormalization(layer)
    case "Rescaling": try appendRescaling(layer)
    case "Activation", "ReLU", "LeakyReLU", "Softmax":
      try push(layer.name, .activation(try KerasActivation.function(of: layer)))
    case "Sequential", "Functional", "Model":
      throw layer.obstacle("is a model of its own")
    default: throw layer.obstacle("is of class `\(layer.className)`, which Spectrim does not run")
    }
  }

  /// What may come where the input is neither a vector nor a map.
  private static let reshaping: Set = ["Flatten", "Reshape", "Dropout", "Rescaling"]

  /// Whether zeros put around a map may wait until after this layer, or become part of it.
  private static func takesPadding(_ layer: KerasLayer) -> Bool {
    switch layer.className {
    case "Conv2D", "Convolution2D", "DepthwiseConv2D", "SeparableConv2D", "SeparableConvolution2D",
      "MaxPooling2D", "MaxPool2D", "AveragePooling2D", "AvgPool2D", "ZeroPadding2D", "Dropout",
      "SpatialDropout2D", "GaussianDropout", "GaussianNoise", "Identity":
      true
    case "Activation", "ReLU", "LeakyReLU":
      (try? KerasActivation.function(of: layer))?.keepsZero ?? false
    default: false
    }
  }

  private mutating func appendDense(_ layer: KerasLayer) throws {
    guard case .vector(let inputCount) = shape else {
      throw layer.obstacle("is dense over the channels of \(shape); flatten the map first")
    }
    let names: [String] =
      (layer.quantization == nil ? ["kernel", "bias"] : ["kernel", "bias", "kernel_scale"])
      .filter { $0 != "bias" || layer["use_bias"] != .flag(false) }
    let weights = weights(of: layer, names)
    let outputCount = try layer.count("units")
    var weight = try weights.denseWeight(inputCount: inputCount, outputCount: outputCount)
    if case .quantized = weight {
      notes.append(
        "Keras rounds the inputs of layer `\(layer.name)` to int8 too; Spectrim does not")
    }
    if let order { weight = weight.selecting(columns: order) }
    order = nil
    try push(
      .layer(
        Layer(
          name: layer.name, weight: weight, bias: try weights.bias(count: outputCount),
          activation: try KerasActivation.function(of: layer))))
  }

  mutating func appendFlatten(_ name: String) throws {
    if steps.isEmpty {
      try setInput([inputSides.reduce(1, *)])
    } else if case .map(let channels, let height, let width) = shape {
      order = ChannelOrder.channelFirst(channels: channels, planeCount: height * width)
      try push(name, .flatten)
    }
  }

  /// At the input a reshape changes how the numbers are taken; later only a flatten can be told.
  private mutating func appendReshape(_ layer: KerasLayer) throws {
    var sides = (layer["target_shape"]?.list ?? []).compactMap(\.integer)
    let count = shape.elementCount
    let known = sides.filter { $0 != -1 }
    guard known.allSatisfy({ 1...count ~= $0 }) else {
      throw layer.invalid("the target shape \(sides) does not hold \(count) numbers")
    }
    let product = known.reduce(1) { min($0 * $1, count + 1) }
    sides = sides.map { $0 == -1 ? count / product : $0 }
    guard sides.reduce(1, { min($0 * $1, count + 1) }) == count else {
      throw layer.invalid("the target shape \(sides) does not hold \(count) numbers")
    }
    if steps.isEmpty {
      try setInput(sides)
    } else if sides.count == 1 {
      try appendFlatten(layer.name)
    } else {
      throw layer.obstacle("reshapes what is inside the network")
    }
  }

  /// At the input, the scale of the pixels; elsewhere, or per channel, an affine step.
  private mutating func appendRescaling(_ layer: KerasLayer) throws {
    let channelCount = channelCount
    func values(_ key: String, _ initial: Double) throws -> [Double] {
      guard let list = layer[key]?.list else { return [try layer.real(key, default: initial)] }
      let values = list.compactMap(\.real)
      guard values.count == list.count, values.count == channelCount, values.allSatisfy(\.isFinite)
      else { throw layer.invalid("`\(key)` has \(list.count) values for \(channelCount) channels") }
      return values
    }
    let (scales, offsets) = (try values("scale", 1), try values("offset", 0))
    if scales.count == 1, offsets.count == 1,
      setNormalization(try Normalization(scale: scales[0], mean: 0 - offsets[0]))
    {
      notes.append(
        "layer `\(layer.name)` (Rescaling) becomes the normalization of pixels, which float inputs "
          + "do not pass through")
      return
    }
    func expanded(_ values: [Double]) -> [Float] {
      (0..<channelCount).map { Float(values[values.count == 1 ? 0 : $0]) }
    }
    // Behind a flatten the channel of a number is lost, unless all share one scale.
    guard order == nil || scales.count == 1 && offsets.count == 1 else {
      throw layer.obstacle("scales the numbers of a flattened map one by one")
    }
    try push(
      layer.name,
      .affine(try ChannelAffine(scale: expanded(scales), shift: expanded(offsets))))
  }

  /// How many channels a map, or numbers a vector, has.
  var channelCount: Int {
    switch shape {
    case .vector(let count): count
    case .map(let channels, _, _): channels
    }
  }
}
