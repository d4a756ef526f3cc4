/// How the layers of a functional model are connected.
struct KerasGraph {
  private let layers: [KerasLayer]
  private let outputs: KerasJSON?

  init(_ layers: [KerasLayer], outputs: KerasJSON?) {
    self.layers = layers
    self.outputs = outputs
  }

  /// The layers from the input to the output, without the input, or where they are no chain.
  var chain: Result<[KerasLayer], KerasObstacle> {
    do { return .success(try orderedLayers()) } catch { return .failure(error) }
  }

  private func orderedLayers() throws(KerasObstacle) -> [KerasLayer] {
    let inputs = layers.filter { $0.className == "InputLayer" }
    guard let input = inputs.first, inputs.count == 1 else {
      throw KerasObstacle("it has \(inputs.count) inputs")
    }
    var following: [String: KerasLayer] = [:]
    for layer in layers where layer.className != "InputLayer" {
      let source = try source(of: layer)
      if let other = following.updateValue(layer, forKey: source) {
        throw KerasObstacle(
          "layer `\(source)` feeds both `\(other.name)` and `\(layer.name)`")
      }
    }
    var chain: [KerasLayer] = []
    var last = input.name
    // Each layer is removed as it is met, so that no circle is endless.
    while let layer = following.removeValue(forKey: last) {
      chain.append(layer)
      last = layer.name
    }
    if let stray = following.values.map(\.name).min() {
      throw KerasObstacle("layer `\(stray)` is not connected to the input `\(input.name)`")
    }
    let ends = outputs.map(Self.sources(in:)) ?? [last]
    guard ends == [last] else {
      throw KerasObstacle(
        "it gives the outputs of \(ends.map { "`\($0)`" }.joined(separator: ", "))")
    }
    return chain
  }

  /// The one layer that a layer takes.
  private func source(of layer: KerasLayer) throws(KerasObstacle) -> String {
    let nodes = layer.inbound?.list ?? []
    guard nodes.count == 1 else {
      throw layer.obstacle("is used \(nodes.count) times")
    }
    let sources = Self.sources(in: nodes[0])
    guard sources.count == 1 else { throw layer.obstacle("takes \(sources.count) inputs") }
    return sources[0]
  }

  /// The layers that are named in a value: `["conv", 0, 0]` and more, as Keras 2 writes it, or a
  /// tensor of Keras 3 with its history. `KerasJSON` bounds the depth.
  private static func sources(in value: KerasJSON) -> [String] {
    switch value {
    case .list(let items):
      if items.count >= 3, let name = items[0].text, items[1].integer != nil,
        items[2].integer != nil
      {
        // Behind the three come keyword arguments, which may hold further tensors.
        return [name] + items.dropFirst(3).flatMap(sources(in:))
      }
      return items.flatMap(sources(in:))
    case .object(let members):
      if members["class_name"] == .text("__keras_tensor__") {
        return members["config"]?["keras_history"].map(sources(in:)) ?? []
      }
      return members.sorted { $0.key < $1.key }.flatMap { sources(in: $0.value) }
    default: return []
    }
  }
}
