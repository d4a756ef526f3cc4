public import SpectrimCore

extension Model {
  /// LeNet-5 in the form of Caffe, 431 080 parameters on digits of 28×28: two convolutions of 20 and
  /// 50 kernels of 5×5, each with a pooling of 2×2 behind it, and fully connected layers of 500
  /// and 10.
  /// - Parameter activation: what the convolutions apply; Caffe's apply nothing, many later ones
  ///   `relu`.
  /// - Throws: `ModelError` when the input is no map, or one that is too small.
  /// - Source: `examples/mnist/lenet.prototxt` of Caffe; LeCun et al. 1998 for the idea.
  public static func lenet5(
    name: String, activation: Activation = .none, form: WeightForm = .dense,
    initial: InitialWeights = .drawn(.pytorch),
    input: ModelInput, seed: UInt64
  ) throws(ModelError) -> Model {
    guard input.layout != .flat else { throw .invalid("LeNet-5 takes a map, such as 1×28×28") }
    var generator = SeededGenerator(seed: seed)
    let kernel = try Window(kernel: Extent(5))
    let half = try Pooling(.maximum, window: Window(kernel: Extent(2), stride: Extent(2)))
    var steps: [Step] = []
    var channels = input.layout == .chw ? input.shape[0] : input.shape[2]
    let sides = input.layout == .chw ? input.shape.dropFirst() : input.shape.dropLast()
    var map: Extent? = Extent(height: sides.first ?? 0, width: sides.last ?? 0)
    for (index, outputs) in [20, 50].enumerated() {
      steps.append(
        .layer(
          try Layer(
            name: "conv\(index + 1)", operation: .conv2d(Convolution(window: kernel)),
            Shape(outputs, channels * kernel.elementCount), form: form, initial: initial,
            activation: activation, using: &generator)))
      steps.append(.transform(try Transform(name: "pool\(index + 1)", .pool(half))))
      channels = outputs
      map = map.flatMap(kernel.positions).flatMap(half.window.positions)
    }
    guard let map else { throw .invalid("an input of \(input.shape) is too small for LeNet-5") }
    steps.append(.transform(try Transform(name: "flatten", .flatten)))
    let widths = [channels * map.height * map.width, 500, 10]
    for index in 1...2 {
      steps.append(
        .layer(
          try Layer(
            name: "fc\(index)", Shape(widths[index], widths[index - 1]), form: form,
            initial: initial, activation: index == 1 ? .relu : .none, using: &generator)))
    }
    return try Model(name: name, input: input, steps: steps)
  }
}
