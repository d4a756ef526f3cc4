/// The layers of a model in the order in which they are applied.
struct KerasNetwork: Sendable {
  /// The name of the model.
  let name: String
  /// Every layer that the configuration lists, in its order, by which weights are counted.
  let layers: [KerasLayer]
  /// The layers as a chain, inputs left out, or why they are none.
  let chain: Result<[KerasLayer], KerasObstacle>
  /// The sides of one example, with `nil` for one that may be any.
  let inputShape: [Int?]?

  /// Takes the configuration of a whole model.
  /// - Throws: `InterchangeError` where it breaks the rules of Keras.
  init(_ config: JSONValue, file: String) throws(InterchangeError) {
    guard let className = config["class_name"]?.text else {
      throw InterchangeError(
        .invalid, file: file, "the configuration names no class; save the model again")
    }
    let body = config["config"]
    name = body?["name"]?.text ?? "model"
    // Before Keras 2.3 the configuration of a sequential model was the list itself.
    guard let entries = body?["layers"]?.list ?? body?.list else {
      layers = []
      inputShape = nil
      chain = .failure(KerasObstacle("it is a `\(className)`, whose layers the file does not list"))
      return
    }
    var layers: [KerasLayer] = []
    var names: Set<String> = []
    for entry in entries {
      let layer = try KerasLayer(entry, file: file)
      guard names.insert(layer.name).inserted else {
        throw InterchangeError(
          .invalid, file: file, "two layers are named `\(layer.name)`; rename one of them")
      }
      layers.append(layer)
    }
    self.layers = layers
    let inputs = layers.filter { $0.className == "InputLayer" }
    let built = body?["build_input_shape"]?.list.map { $0.dropFirst().map(\.integer) }
    inputShape = (inputs.first ?? layers.first)?.declaredInputShape ?? built
    switch className {
    case "Sequential":
      chain = .success(layers.filter { $0.className != "InputLayer" })
    case "Functional", "Model":
      chain = KerasGraph(layers, outputs: body?["output_layers"]).chain
    default: chain = .failure(KerasObstacle("it is a `\(className)`, not a chain of layers"))
    }
  }
}
