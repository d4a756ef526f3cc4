internal import SpectrimCore

/// The layers of Keras that do what a model does, and how its input is given to them.
struct KerasExport {
  /// The name of the model.
  let name: String
  /// The sides of an example as Keras takes it.
  private(set) var inputSides: [Int]
  private(set) var plans: [KerasLayerPlan] = []
  private(set) var notes: [String] = []
  /// Where in our vector the numbers of Keras' flattened map stand; `nil` if in the same place.
  var order: [Int]?
  /// Whether nothing below zero comes out of the last step.
  private(set) var isNonNegative = false
  private let file: String
  private var names: Set<String> = []

  /// Plans the layers of a model.
  /// - Throws: `InterchangeError.unsupported` for a step that Keras has no layer for.
  init(_ model: Model, file: String) throws {
    self.file = file
    name = Self.plain(model.name)
    inputSides = model.input.shape
    try startInput(model)
    for (step, shape) in zip(model.steps, model.featureShapes) { try append(step, taking: shape) }
    if order != nil {
      notes.append("Keras gives the numbers of the last map with its channels last")
    } else if case .map(let channels, let height, let width)? = model.featureShapes.last,
      channels > 1, height * width > 1
    {
      notes.append("Keras gives the last map with its channels last")
    }
  }

  /// Keras takes channels last; before a linear layer a map is but its numbers.
  private mutating func startInput(_ model: Model) throws {
    let input = model.input
    if input.layout == .chw, input.shape.count == 3 {
      if model.steps.first?.kind == .linear {
        inputSides = [input.elementCount]
      } else {
        inputSides = [input.shape[1], input.shape[2], input.shape[0]]
        notes.append("Keras takes the channels last: give it images of \(inputSides)")
      }
    } else if inputSides.count == 3, model.steps.first?.kind == .linear {
      plans.append(KerasLayerPlan("Flatten", name: unique("flatten_input"), []))
    }
    let normalization = input.normalization
    notes.append(
      "an example is x = (pixel · \(Float(normalization.scale)) − \(Float(normalization.mean))) / "
        + "\(Float(normalization.deviation)); no layer of the model does that")
  }

  private mutating func append(_ step: Step, taking shape: FeatureShape) throws {
    switch step {
    case .layer(let layer):
      switch layer.operation {
      case .linear: appendLinear(layer)
      case .conv2d(let convolution): try appendConvolution(layer, convolution, taking: shape)
      }
      isNonNegative = layer.activation == .relu || layer.activation == .sigmoid
    case .transform(let transform):
      try append(transform, taking: shape)
      switch transform.operation {
      case .pool, .flatten: break
      case .activation(let activation):
        isNonNegative = activation == .relu || activation == .sigmoid
      case .layerNormalization, .affine: isNonNegative = false
      }
    }
  }

  mutating func add(
    _ className: String, name: String, _ arguments: [(String, KerasValue)],
    variables: [Tensor] = []
  ) {
    plans.append(
      KerasLayerPlan(className, name: unique(name), arguments, variables: variables))
  }

  mutating func note(_ text: String) { notes.append(text) }

  func unsupported(_ name: String, _ text: String) -> InterchangeError {
    InterchangeError(
      .unsupported, file: file, "layer `\(name)`: \(text), which Keras has no layer for")
  }

  /// A name that Keras takes and that no other layer has.
  private mutating func unique(_ name: String) -> String {
    let plain = Self.plain(name)
    var candidate = plain
    var number = 1
    while !names.insert(candidate).inserted {
      candidate = "\(plain)_\(number)"
      number += 1
    }
    return candidate
  }

  /// Keras refuses a slash in a name, and HDF5 cannot keep every control character.
  private static func plain(_ name: String) -> String {
    String(
      String.UnicodeScalarView(name.unicodeScalars.map { $0.value < 0x20 || $0 == "/" ? "_" : $0 }))
  }

  /// The code that makes the model, in lines.
  var python: [String] {
    let sides = KerasValue.list(inputSides.map { .integer($0) }).python
    return ["import keras", "from keras import layers", "", "model = keras.Sequential(["]
      + (["keras.Input(\(sides))"] + plans.map(\.python)).map { "    \($0)," }
      + ["], name=\(KerasValue.quoted(name)))"]
  }
}
