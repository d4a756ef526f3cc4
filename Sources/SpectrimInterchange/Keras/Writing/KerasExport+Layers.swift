internal import SpectrimCore

extension KerasExport {
  /// One `Dense` per kernel, the bias and the function in the last.
  mutating func appendLinear(_ layer: Layer) {
    var kernels = kernels(of: layer)
    if let order { kernels[0] = kernels[0].selecting(columns: order) }
    order = nil
    for (index, kernel) in kernels.enumerated() {
      let isLast = index == kernels.count - 1
      let bias = isLast ? layer.bias?.values : nil
      let (outputs, inputs) = (kernel.shape.rowCount, kernel.shape.columnCount)
      var arguments: [(String, KerasValue)] = [
        ("units", .integer(outputs)), ("activation", isLast ? Self.word(layer.activation) : .null),
        ("use_bias", .flag(bias != nil)),
      ]
      let constants = bias.map { [Self.tensor($0, [$0.count])] } ?? []
      switch kernel {
      case .floats(let matrix):
        let variable = Self.tensor(matrix.transposed.elements, [inputs, outputs])
        add(
          "Dense", name: name(layer, index, kernels.count), arguments,
          variables: [variable] + constants)
      case .codes(let matrix, let scales):
        arguments.append(("dtype", .text("int8_from_float32")))
        let codes = Tensor(matrix.transposed.elements, shape: [inputs, outputs])
        // Keras divides by its scale.
        let scale = Self.tensor(scales.map { 1 / $0 }, [outputs])
        add(
          "Dense", name: name(layer, index, kernels.count), arguments,
          variables: [codes] + constants + [scale])
        note("Keras rounds the inputs of layer `\(layer.name)` to int8 as well")
      }
    }
    appendFunction(layer.activation, ofLayer: layer.name)
  }

  /// A convolution of the window, and for each further factor one of 1×1.
  mutating func appendConvolution(
    _ layer: Layer, _ convolution: Convolution, taking shape: FeatureShape
  ) throws {
    guard case .map(let channels, let height, let width) = shape else {
      throw unsupported(layer.name, "a convolution of \(shape)")
    }
    let window = convolution.window
    guard window.stride == Extent(1) || window.dilation == Extent(1) else {
      throw unsupported(layer.name, "a convolution with strides and dilation")
    }
    let padding = appendPadding(
      of: window, on: Extent(height: height, width: width), name: layer.name)
    var kernels = kernels(of: layer)
    if convolution.groups > 1, kernels.count > 1 {
      kernels = [.floats(layer.weight.materialized())]
      note("the factors of layer `\(layer.name)`, which has groups, are multiplied")
    }
    for (index, kernel) in kernels.enumerated() {
      let (isFirst, isLast) = (index == 0, index == kernels.count - 1)
      if case .codes = kernel { note("the codes of layer `\(layer.name)` become floats") }
      let window = try isFirst ? window : Window(kernel: Extent(1))
      let bias = isLast ? layer.bias?.values : nil
      appendKernel(
        kernel.floats, window, channels: isFirst ? channels : kernel.shape.columnCount,
        groups: isFirst ? convolution.groups : 1, padding: isFirst ? padding : "valid",
        name: name(layer, index, kernels.count), bias: bias,
        activation: isLast ? Self.word(layer.activation) : .null)
    }
    appendFunction(layer.activation, ofLayer: layer.name)
  }

  private mutating func appendKernel(
    _ matrix: Matrix<Float>, _ window: Window, channels: Int, groups: Int, padding: String,
    name: String, bias: [Float]?, activation: KerasValue
  ) {
    let (outputs, kernel) = (matrix.rowCount, window.kernel)
    let isDepthwise = groups > 1 && groups == channels
    let order =
      isDepthwise
      ? nil
      : ChannelOrder.channelLast(
        channels: channels / groups, planeCount: window.elementCount)
    let values = (order.map { matrix.selecting(columns: $0) } ?? matrix).transposed.elements
    var arguments: [(String, KerasValue)] = [
      ("kernel_size", Self.pair(kernel)), ("strides", Self.pair(window.stride)),
      ("padding", .text(padding)), ("dilation_rate", Self.pair(window.dilation)),
      ("activation", activation), ("use_bias", .flag(bias != nil)),
    ]
    let last: [Int]
    if isDepthwise {
      arguments.append(("depth_multiplier", .integer(outputs / groups)))
      last = [channels, outputs / groups]
    } else {
      arguments.insert(("filters", .integer(outputs)), at: 0)
      arguments.append(("groups", .integer(groups)))
      last = [channels / groups, outputs]
    }
    add(
      isDepthwise ? "DepthwiseConv2D" : "Conv2D", name: name, arguments,
      variables: [Self.tensor(values, [kernel.height, kernel.width] + last)]
        + (bias.map { [Self.tensor($0, [$0.count])] } ?? []))
  }

  private mutating func kernels(of layer: Layer) -> [KerasKernel] {
    let (kernels, text) = KerasKernel.kernels(of: layer.weight)
    if let text { note("layer `\(layer.name)`: \(text)") }
    return kernels
  }

  private func name(_ layer: Layer, _ index: Int, _ count: Int) -> String {
    count == 1 ? layer.name : "\(layer.name)_factor\(index)"
  }

  /// Puts zeros around the map where Keras' own padding does not, and names the one that does.
  mutating func appendPadding(of window: Window, on map: Extent, name: String) -> String {
    let padding = window.padding
    if padding.isEmpty { return "valid" }
    if Self.isSame(window, on: map) { return "same" }
    addZeros(padding, name: name)
    return "valid"
  }

  mutating func addZeros(_ padding: Padding, name: String) {
    let vertical = [padding.top, padding.bottom].map { KerasValue.integer($0) }
    let horizontal = [padding.left, padding.right].map { KerasValue.integer($0) }
    add(
      "ZeroPadding2D", name: "\(name)_padding",
      [("padding", .list([.list(vertical), .list(horizontal)]))])
  }

  static func isSame(_ window: Window, on map: Extent) -> Bool {
    window.padding == window.samePadding(on: map)
  }

  static func tensor(_ values: [Float], _ shape: [Int]) -> Tensor {
    Tensor(values, storedAs: .float32, shape: shape)
  }

  static func pair(_ extent: Extent) -> KerasValue {
    .list([.integer(extent.height), .integer(extent.width)])
  }

  /// The name of a function, null where it takes a layer of its own or is none.
  private static func word(_ activation: Activation) -> KerasValue {
    switch activation {
    case .none, .leakyReLU, .geluTanh: .null
    case .relu: .text("relu")
    case .gelu: .text("gelu")
    case .swish: .text("silu")
    case .sigmoid: .text("sigmoid")
    case .tanh: .text("tanh")
    case .softmax: .text("softmax")
    }
  }

  /// The functions that have a number, in a layer of their own.
  private mutating func appendFunction(_ activation: Activation, ofLayer name: String) {
    switch activation {
    case .leakyReLU, .geluTanh: appendActivation(activation, name: "\(name)_activation")
    default: break
    }
  }

  mutating func appendActivation(_ activation: Activation, name: String) {
    switch activation {
    case .none: break
    case .leakyReLU(let slope):
      add("LeakyReLU", name: name, [("negative_slope", .real(Double(slope)))])
    case .geluTanh:
      let code = "lambda x: keras.activations.gelu(x, approximate=True)"
      add("Activation", name: name, [("activation", .code(code))])
    default: add("Activation", name: name, [("activation", Self.word(activation))])
    }
  }
}
