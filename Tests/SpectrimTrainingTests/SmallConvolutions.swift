import SpectrimCore
import SpectrimTraining

/// A convolutional network small enough for finite differences that has every step that learns or
/// passes a gradient on.
enum SmallConvolutions {
  /// 2×7×6 to 3 scores: a convolution with unequal stride, padding and dilation, overlapping
  /// maxima, a 1×1 convolution without activation, a function of its own, means with padding,
  /// flatten, two linear layers.
  static func model(
    _ kind: Representation.Kind, layout: ModelInput.Layout = .chw, countsPadding: Bool = true,
    seed: UInt64
  ) throws -> Model {
    var generator = SeededGenerator(seed: seed)
    func layer(
      _ name: String, _ operation: SpectrimCore.Operation, _ shape: Shape, _ activation: Activation
    ) throws -> Step {
      .layer(
        try Layer(
          name: name, operation: operation,
          weight: try SmallNetworks.weight(kind, shape, &generator),
          bias: Bias((0..<shape.rowCount).map { _ in Float(generator.normal()) }),
          activation: activation))
    }
    let first = try Window(
      kernel: Extent(height: 3, width: 2), stride: Extent(height: 2, width: 1),
      padding: Padding(top: 1, left: 0, bottom: 2, right: 1), dilation: Extent(height: 1, width: 2))
    let mean = try Window(kernel: Extent(2), stride: Extent(2), padding: Padding(1))
    return try Model(
      name: "small",
      input: ModelInput(shape: layout == .chw ? [2, 7, 6] : [7, 6, 2], layout: layout),
      steps: [
        layer("conv1", .conv2d(Convolution(window: first)), Shape(4, 12), .tanh),
        .transform(
          Transform(name: "pool1", .pool(Pooling(.maximum, window: Window(kernel: Extent(2)))))),
        layer("conv2", .conv2d(Convolution(window: Window(kernel: Extent(1)))), Shape(3, 4), .none),
        .transform(Transform(name: "swish", .activation(.swish))),
        .transform(
          Transform(
            name: "pool2", .pool(Pooling(.average, window: mean, countsPadding: countsPadding)))),
        .transform(Transform(name: "flatten", .flatten)),
        layer("fc1", .linear, Shape(5, 18), .relu),
        layer("fc2", .linear, Shape(3, 5), .none),
        .transform(Transform(name: "softmax", .activation(.softmax))),
      ])
  }
}

extension SmallConvolutions {
  /// 2×7×6 to 3 scores: convolutions in two groups, of 1×1 in two groups and depthwise, scales and
  /// normalizations of maps and of vectors between them.
  static func groups(
    _ layout: ModelInput.Layout = .chw, seed: UInt64,
    _ weight: (Shape, inout SeededGenerator) throws -> Representation
  ) throws -> Model {
    var generator = SeededGenerator(seed: seed)
    func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in Float(generator.normal()) } }
    func layer(
      _ name: String, _ operation: SpectrimCore.Operation, _ shape: Shape, _ activation: Activation
    ) throws -> Step {
      let weight = try weight(shape, &generator)
      return .layer(
        try Layer(
          name: name, operation: operation, weight: weight, bias: Bias(numbers(shape.rowCount)),
          activation: activation))
    }
    func affine(_ name: String, _ count: Int) throws -> Step {
      .transform(
        try Transform(
          name: name, .affine(ChannelAffine(scale: numbers(count), shift: numbers(count)))))
    }
    func normalization(_ name: String, _ count: Int) throws -> Step {
      let norm = try LayerNormalization(
        scale: numbers(count), shift: numbers(count), epsilon: 0.01)
      return .transform(try Transform(name: name, .layerNormalization(norm)))
    }
    let uneven = try Window(
      kernel: Extent(height: 3, width: 2), stride: Extent(height: 2, width: 1),
      padding: Padding(top: 1, left: 0, bottom: 2, right: 1), dilation: Extent(height: 1, width: 2))
    let (one, two) = (try Window(kernel: Extent(1)), try Window(kernel: Extent(2)))
    return try Model(
      name: "groups",
      input: ModelInput(shape: layout == .chw ? [2, 7, 6] : [7, 6, 2], layout: layout),
      steps: [
        affine("affine0", 2),
        layer("conv1", .conv2d(Convolution(window: uneven, groups: 2)), Shape(4, 6), .none),
        affine("affine1", 4),
        .transform(Transform(name: "tanh", .activation(.tanh))),
        normalization("norm1", 80),
        layer("conv2", .conv2d(Convolution(window: one, groups: 2)), Shape(6, 2), .swish),
        layer("conv3", .conv2d(Convolution(window: two, groups: 6)), Shape(6, 4), .none),
        .transform(Transform(name: "flatten", .flatten)),
        affine("affine2", 72), normalization("norm2", 72),
        layer("fc", .linear, Shape(3, 72), .none),
        .transform(Transform(name: "softmax", .activation(.softmax))),
      ])
  }
}

/// A model with all its steps as plain lists, for Python.
struct PlainSteps: Encodable {
  struct PlainStep: Encodable {
    let kind: String
    var layer: PlainModel.PlainLayer?
    var kernel: [Int] = []
    var stride: [Int] = []
    var padding: [Int] = []
    var dilation: [Int] = []
    var countsPadding = false
    var activation = "none"
    var groups = 1
    var scale: [Float] = []
    var shift: [Float] = []
    var epsilon: Float = 0

    init(_ step: Step) {
      kind = step.kind.rawValue
      switch step {
      case .layer(let layer):
        self.layer = PlainModel.PlainLayer(layer)
        if case .conv2d(let convolution) = layer.operation {
          take(convolution.window)
          groups = convolution.groups
        }
      case .transform(let transform): take(transform.operation)
      }
    }

    private mutating func take(_ operation: Transform.Operation) {
      switch operation {
      case .flatten: return
      case .pool(let pooling):
        take(pooling.window)
        countsPadding = pooling.countsPadding
      case .activation(let function): activation = function.kind.rawValue
      case .affine(let affine): (scale, shift) = (affine.scale, affine.shift)
      case .layerNormalization(let norm):
        (scale, shift, epsilon) = (norm.scale, norm.shift, norm.epsilon)
      }
    }

    private mutating func take(_ window: Window) {
      kernel = [window.kernel.height, window.kernel.width]
      stride = [window.stride.height, window.stride.width]
      padding = [
        window.padding.top, window.padding.left, window.padding.bottom, window.padding.right,
      ]
      dilation = [window.dilation.height, window.dilation.width]
    }
  }

  /// Up to the scores: the softmax belongs to the loss.
  let steps: [PlainStep]
  init(_ model: Model) { steps = model.steps.dropLast().map(PlainStep.init) }
}

/// The forward pass of `PlainSteps` in numpy float64, behind `referencePython`.
let convolutionPython =
  referencePython + """
    def windows(x, step, empty):
        (kh, kw), (sh, sw) = step["kernel"], step["stride"]
        (t, l, b, r), (dh, dw) = step["padding"], step["dilation"]
        x = np.pad(x, ((0, 0), (0, 0), (t, b), (l, r)), constant_values=empty)
        rows = (x.shape[2] - (kh - 1) * dh - 1) // sh + 1
        columns = (x.shape[3] - (kw - 1) * dw - 1) // sw + 1
        return np.stack([x[:, :, i * dh:i * dh + (rows - 1) * sh + 1:sh,
                           j * dw:j * dw + (columns - 1) * sw + 1:sw]
                         for i in range(kh) for j in range(kw)], axis=2)
    def run(steps, parameters, x):
        parameters = iter(parameters)
        for step in steps:
            layer = step.get("layer")
            if layer:
                factors, bias = next(parameters)
                w, f = dense(layer, factors), ACTIVATIONS[layer["activation"]]
            if step["kind"] == "linear":
                x = f(x @ w.T + bias)
            elif step["kind"] == "conv2d":
                p = windows(x, step, 0)
                groups = step["groups"]
                p = p.reshape(p.shape[0], groups, -1, *p.shape[3:])
                y = np.einsum("gok,bgkhw->bgohw", w.reshape(groups, -1, w.shape[1]), p)
                x = f(y.reshape(len(y), -1, *y.shape[3:]) + bias[:, None, None])
            elif step["kind"] == "max_pool2d":
                x = windows(x, step, -np.inf).max(2)
            elif step["kind"] == "average_pool2d":
                p = windows(x, step, np.nan)
                count = p.shape[2] if step["countsPadding"] else (~np.isnan(p)).sum(2)
                x = np.nansum(p, 2) / count
            elif step["kind"] == "flatten":
                x = x.reshape(len(x), -1)
            elif step["kind"] == "affine":
                side = (-1,) + (1,) * (x.ndim - 2)
                x = np.reshape(step["scale"], side) * x + np.reshape(step["shift"], side)
            elif step["kind"] == "layer_norm":
                flat = x.reshape(len(x), -1)
                centred = flat - flat.mean(1, keepdims=True)
                root = np.sqrt((centred ** 2).mean(1, keepdims=True) + step["epsilon"])
                x = (centred / root * step["scale"] + step["shift"]).reshape(x.shape)
            else:
                x = ACTIVATIONS[step["activation"]](x)
        return x

    """
