internal import SpectrimCore

/// A layer that is going to be written.
struct KerasLayerPlan: Sendable {
  /// The class, such as `Dense`.
  let className: String
  /// What the class is made with, the name left out.
  let arguments: [(key: String, value: KerasValue)]
  /// The name, unique within the model.
  let name: String
  /// The weights in the order in which Keras numbers them.
  let variables: [Tensor]

  init(
    _ className: String, name: String, _ arguments: [(String, KerasValue)],
    variables: [Tensor] = []
  ) {
    self.className = className
    self.name = name
    self.arguments = arguments.map { (key: $0.0, value: $0.1) }
    self.variables = variables
  }

  /// The call that makes the layer.
  var python: String {
    let parts = (arguments + [(key: "name", value: .text(name))]).map {
      "\($0.key)=\($0.value.python)"
    }
    return "layers.\(className)(\(parts.joined(separator: ", ")))"
  }

  /// The entry in the configuration of a model, or `nil` where JSON cannot say it.
  var json: String? {
    var parts = ["\"name\": \(KerasValue.quoted(name))"]
    for (key, value) in arguments {
      guard let json = value.json else { return nil }
      parts.append("\"\(key)\": \(json)")
    }
    return Self.entry(of: className, config: parts)
  }

  /// An entry with the members of its configuration.
  static func entry(of className: String, config parts: [String]) -> String {
    "{\"module\": \"keras.layers\", \"class_name\": \"\(className)\", \"config\": "
      + "{\(parts.joined(separator: ", "))}, \"registered_name\": null}"
  }
}
