internal import SpectrimCore

/// Makes the steps of a model from pairs whose axes are known.
struct StepBuilder {
  private(set) var steps: [Step] = []
  private let pairs: [AssemblyPair]
  private let axes: [KernelAxes]
  private var shape: FeatureShape
  private var names: Set<String>
  /// Where the numbers of a map stood before a flatten that puts the channel last; until the next
  /// linear layer has put them in our order.
  private var flattenedOrder: [Int]?
  private var isChannelLast: Bool
  private let convention: WeightConvention

  init(
    _ pairs: [AssemblyPair], _ axes: [KernelAxes], _ convention: WeightConvention,
    shape: FeatureShape
  ) {
    self.convention = convention
    isChannelLast = convention.isChannelLast
    self.pairs = pairs
    self.axes = axes
    self.shape = shape
    names = Set(pairs.compactMap(\.group?.name))
  }

  mutating func build() throws(ModelError) {
    for (pair, axes) in zip(pairs, axes) {
      let step = try step(pair, axes)
      shape = try step.outputShape(for: shape)
      steps.append(step)
    }
  }

  private mutating func step(_ pair: AssemblyPair, _ axes: KernelAxes) throws(ModelError) -> Step {
    switch (pair.step, pair.group?.content) {
    case (.linear(let activation), .kernel(let kernel, _, let bias)):
      return .layer(try linear(pair, kernel, axes, bias, activation))
    case (.convolution, .kernel(let kernel, _, let bias)):
      return .layer(try convolution(pair, kernel, axes, bias))
    case (
      .batchNormalization(let epsilon),
      .batchNormalization(let scale, let shift, let mean, let variance)
    ):
      let norm = try BatchNormalization(
        gamma: scale.map(ordered), beta: shift.map(ordered), mean: ordered(mean),
        variance: ordered(variance), epsilon: Double(epsilon ?? convention.epsilon))
      return .transform(try Transform(name: name(of: pair), .affine(try norm.affine)))
    case (.layerNormalization(let epsilon), .layerNormalization(let scale, let shift)):
      let scales = ordered(scale)
      let norm = try LayerNormalization(
        scale: scales, shift: shift.map(ordered) ?? Array(repeating: 0, count: scales.count),
        epsilon: epsilon ?? convention.epsilon)
      return .transform(try Transform(name: name(of: pair), .layerNormalization(norm)))
    case (.pool(let pooling), _):
      let pooling = try Pooling(
        pooling.kind, window: pooling.window, countsPadding: convention.countsPadding)
      return .transform(try Transform(name: name(of: pair), .pool(pooling)))
    case (.activation(let activation), _):
      return .transform(try Transform(name: name(of: pair), .activation(activation)))
    case (.flatten, _):
      flattenedOrder = channelLastOrder
      return .transform(try Transform(name: name(of: pair), .flatten))
    default: throw .invalid("step \(pair.step.word) without its numbers")
    }
  }

  private mutating func convolution(
    _ pair: AssemblyPair, _ kernel: Tensor, _ axes: KernelAxes, _ bias: Tensor?
  ) throws(ModelError) -> Layer {
    guard
      case .convolution(let stride, let padding, let dilation, let groups, let activation) =
        pair.step
    else { throw .invalid("step \(pair.step.word) is no convolution") }
    let weight = Kernel(kernel, axes)
    let window = try Window(
      kernel: Extent(height: weight.shape[2], width: weight.shape[3]), stride: stride,
      padding: padding, dilation: dilation)
    isChannelLast = isChannelLast || axes == .inputsFirst
    return try Layer(
      name: name(of: pair), operation: .conv2d(try Convolution(window: window, groups: groups)),
      weight: .dense(weight.matrix), bias: bias?.asBias, activation: activation)
  }

  /// Where each number of the map stands when the channel runs fastest; `nil` where that is our
  /// order too.
  private var channelLastOrder: [Int]? {
    guard isChannelLast, case .map(let channels, let height, let width) = shape else { return nil }
    return ChannelOrder.channelFirst(channels: channels, planeCount: height * width)
  }

  private mutating func linear(
    _ pair: AssemblyPair, _ kernel: Tensor, _ axes: KernelAxes, _ bias: Tensor?,
    _ activation: Activation
  ) throws(ModelError) -> Layer {
    var matrix = Kernel(kernel, axes).matrix
    if let order = flattenedOrder, order.count == matrix.shape.columnCount {
      matrix = WeightMatrix(
        matrix.values.selecting(columns: order), storedAs: matrix.elementType)
    }
    flattenedOrder = nil
    return try Layer(
      name: name(of: pair), weight: .dense(matrix), bias: bias?.asBias, activation: activation)
  }

  /// Numbers of a vector in our order.
  private func ordered(_ tensor: Tensor) -> [Float] {
    let values = tensor.floats
    guard let order = flattenedOrder, order.count == values.count else { return values }
    return order.map { values[$0] }
  }

  /// The name in the file, or the word of the step with a number.
  private mutating func name(of pair: AssemblyPair) -> String {
    if let group = pair.group { return group.name }
    var number = 1
    while !names.insert("\(pair.step.word)\(number)").inserted { number += 1 }
    return "\(pair.step.word)\(number)"
  }
}

/// A weight with its outputs first.
private struct Kernel {
  /// `[out, in]` or `[out, in, height, width]`.
  let shape: [Int]
  let matrix: WeightMatrix

  init(_ tensor: Tensor, _ axes: KernelAxes) {
    let sides = tensor.shape
    // From where each of our sides is taken.
    let order =
      axes == .outputsFirst ? Array(sides.indices) : sides.count == 2 ? [1, 0] : [3, 2, 0, 1]
    let strides = StridedBytes.strides(of: sides)
    let shape = order.map { sides[$0] }
    let view = StridedBytes(
      shape: shape, strides: order.map { strides[$0] }, offset: 0,
      elementByteCount: tensor.type.byteCount)
    let ordered = Tensor(
      type: tensor.type, shape: shape, bytes: view.gathered(from: tensor.bytes, isBigEndian: false))
    self.shape = shape
    matrix = WeightMatrix(
      Matrix(Shape(shape[0], shape.dropFirst().reduce(1, *)), ordered.floats),
      storedAs: tensor.type.elementType ?? .float32)
  }
}

extension Tensor {
  fileprivate var asBias: Bias { Bias(floats, storedAs: type.elementType ?? .float32) }
}
