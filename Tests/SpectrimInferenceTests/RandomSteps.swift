import SpectrimCore
import SpectrimTestSupport

/// What a convolution may look like.
enum ConvolutionCase: String, CaseIterable {
  case plain, stride, padding, dilation, groups, depthwise, depthMultiplier, point, pointGroups
  case pointStride, everything, oneChannel

  /// The input channels, the output channels and the convolution, for maps of 7×9.
  func parts() throws -> (inputs: Int, outputs: Int, convolution: Convolution) {
    let kernel = Extent(height: 3, width: 2)
    let uneven = Padding(top: 2, left: 0, bottom: 1, right: 3)
    func convolution(_ window: Window, _ groups: Int = 1) throws -> Convolution {
      try Convolution(window: window, groups: groups)
    }
    let step = Extent(height: 2, width: 3)
    let gap = Extent(height: 1, width: 4)
    return switch self {
    case .plain: (4, 6, try convolution(Window(kernel: kernel)))
    case .stride: (4, 6, try convolution(Window(kernel: kernel, stride: step)))
    case .padding: (4, 6, try convolution(Window(kernel: kernel, padding: uneven)))
    case .dilation: (4, 6, try convolution(Window(kernel: kernel, dilation: gap)))
    case .groups: (4, 6, try convolution(Window(kernel: kernel, padding: uneven), 2))
    case .depthwise: (6, 6, try convolution(Window(kernel: kernel, padding: uneven), 6))
    case .depthMultiplier: (3, 6, try convolution(Window(kernel: kernel, stride: step), 3))
    case .point: (4, 6, try convolution(Window(kernel: Extent(1))))
    case .pointGroups: (4, 6, try convolution(Window(kernel: Extent(1)), 2))
    case .pointStride: (4, 6, try convolution(Window(kernel: Extent(1), stride: step)))
    case .everything:
      (
        4, 6,
        try convolution(
          Window(kernel: Extent(3), stride: step, padding: uneven, dilation: Extent(2)), 2)
      )
    case .oneChannel: (1, 6, try convolution(Window(kernel: Extent(5), padding: Padding(4))))
    }
  }
}

/// A convolution of 7×9 with a bias and an activation in front of a flatten and a linear layer.
func randomConvolution(
  _ form: ConvolutionCase, _ kind: Representation.Kind, layout: ModelInput.Layout = .chw,
  seed: UInt64
) throws -> Model {
  var generator = SeededGenerator(seed: seed)
  let (inputs, outputs, convolution) = try form.parts()
  let shape = Shape(outputs, inputs / convolution.groups * convolution.window.elementCount)
  let weight = try Representation.random(kind, shape, rank: 2, &generator)
  let bias = Matrix<Float>.random(Shape(outputs, 1), &generator).elements
  let layer = try Layer(
    name: "conv", operation: .conv2d(convolution), weight: weight, bias: Bias(bias),
    activation: .tanh)
  let positions = convolution.window.positions(on: Extent(height: 7, width: 9)) ?? Extent(0)
  let width = outputs * positions.height * positions.width
  let linear = try randomLayer("fc", kind, Shape(5, width), rank: 3, .none, &generator)
  return try Model(
    name: "m",
    input: ModelInput(
      shape: layout == .chw ? [inputs, 7, 9] : [7, 9, inputs], layout: layout),
    steps: [.layer(layer), .transform(Transform(name: "flatten", .flatten)), .layer(linear)])
}

/// A small network of every step on 3×8×8.
func randomSteps(layout: ModelInput.Layout = .chw, seed: UInt64) throws -> Model {
  var generator = SeededGenerator(seed: seed)
  func numbers(_ count: Int) -> [Float] {
    Matrix<Float>.random(Shape(count, 1), &generator).elements
  }
  func convolution(
    _ name: String, _ kind: Representation.Kind, _ shape: Shape, _ window: Window, groups: Int = 1
  ) throws -> Step {
    let weight = try Representation.random(kind, shape, rank: 3, &generator)
    return .layer(
      try Layer(
        name: name, operation: .conv2d(Convolution(window: window, groups: groups)),
        weight: weight, bias: Bias(numbers(shape.rowCount)), activation: .tanh))
  }
  func transform(_ name: String, _ operation: Transform.Operation) throws -> Step {
    .transform(try Transform(name: name, operation))
  }
  let three = try Window(kernel: Extent(3), padding: Padding(1))
  let half = try Window(kernel: Extent(2), stride: Extent(2))
  return try Model(
    name: "every step",
    input: ModelInput(shape: layout == .chw ? [3, 8, 8] : [8, 8, 3], layout: layout),
    steps: [
      transform("affine", .affine(ChannelAffine(scale: numbers(3), shift: numbers(3)))),
      convolution("conv1", .factorized, Shape(6, 27), three),
      transform("pool1", .pool(Pooling(.maximum, window: half))),
      convolution("depthwise", .dense, Shape(6, 9), three, groups: 6),
      convolution("point", .quantized, Shape(8, 6), Window(kernel: Extent(1))),
      transform(
        "norm1",
        .layerNormalization(
          LayerNormalization(scale: numbers(128), shift: numbers(128), epsilon: 1e-5))),
      transform("pool2", .pool(Pooling(.average, window: half))),
      transform("relu", .activation(.leakyReLU(slope: 0.2))),
      transform("flatten", .flatten),
      transform("shift", .affine(ChannelAffine(scale: numbers(32), shift: numbers(32)))),
      transform(
        "norm2",
        .layerNormalization(
          LayerNormalization(scale: numbers(32), shift: numbers(32), epsilon: 1e-3))),
      .layer(randomLayer("fc1", .lora, Shape(7, 32), rank: 2, .geluTanh, &generator)),
      .layer(randomLayer("fc2", .chain, Shape(4, 7), rank: 2, .none, &generator)),
      transform("softmax", .activation(.softmax)),
    ])
}
