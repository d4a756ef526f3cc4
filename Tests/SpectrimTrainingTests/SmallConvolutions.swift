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

    init(_ step: Step) {
      kind = step.kind.rawValue
      switch step {
      case .layer(let layer):
        self.layer = PlainModel.PlainLayer(layer)
        if case .conv2d(let convolution) = layer.operation { take(convolution.window) }
      case .transform(let transform):
        if case .pool(let pooling) = transform.operation {
          take(pooling.window)
          countsPadding = pooling.countsPadding
        } else if case .activation(let function) = transform.operation {
          activation = function.kind.rawValue
        }
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
                p = p.reshape(p.shape[0], -1, *p.shape[3:])
                x = f(np.einsum("ok,bkhw->bohw", w, p) + bias[:, None, None])
            elif step["kind"] == "max_pool2d":
                x = windows(x, step, -np.inf).max(2)
            elif step["kind"] == "average_pool2d":
                p = windows(x, step, np.nan)
                count = p.shape[2] if step["countsPadding"] else (~np.isnan(p)).sum(2)
                x = np.nansum(p, 2) / count
            elif step["kind"] == "flatten":
                x = x.reshape(len(x), -1)
            else:
                x = ACTIVATIONS[step["activation"]](x)
        return x

    """
