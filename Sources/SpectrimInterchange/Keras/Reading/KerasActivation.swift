internal import SpectrimCore

/// Keras' functions in our words.
enum KerasActivation {
  /// The slope of `leaky_relu` by name; the layer `LeakyReLU` has 0.3.
  /// - Source: keras/src/activations/activations.py and keras/src/layers/activations/leaky_relu.py.
  private static let slopeOfFunction: Float = 0.2
  private static let slopeOfLayer = 0.3

  /// The function that a layer applies.
  /// - Throws: `KerasObstacle` for one that Spectrim does not have.
  static func function(of layer: KerasLayer) throws -> Activation {
    switch layer.className {
    case "ReLU":
      return try rectifier(
        slope: layer.real("negative_slope", default: 0),
        isPlain: layer["max_value"] == nil
          && layer.real("threshold", default: 0) == 0, of: layer)
    case "LeakyReLU":
      let slope = try layer.real("alpha", default: slopeOfLayer)
      return try rectifier(slope: layer.real("negative_slope", default: slope), of: layer)
    case "Softmax":
      guard layer.axes("axis") == [-1] || layer.axes("axis") == [1] else {
        throw layer.obstacle("is a softmax along axis \(layer.axes("axis"))")
      }
      return .softmax
    default: return try function(layer["activation"], of: layer)
    }
  }

  /// A name, an object that stands for a name, or a layer within the layer.
  private static func function(_ value: JSONValue?, of layer: KerasLayer) throws -> Activation {
    guard let value else { return .none }
    if let name = value.text { return try function(named: name, of: layer) }
    let className = value["class_name"]?.text
    if let name = value["config"]?.text { return try function(named: name, of: layer) }
    let config = value["config"]
    switch className {
    case "ReLU":
      return try rectifier(
        slope: config?["negative_slope"]?.real ?? 0,
        isPlain: config?["max_value"] == nil
          && (config?["threshold"]?.real ?? 0) == 0, of: layer)
    case "LeakyReLU":
      let slope = config?["negative_slope"]?.real ?? config?["alpha"]?.real ?? slopeOfLayer
      return try rectifier(slope: slope, of: layer)
    case "Softmax" where config?["axis"]?.integer ?? -1 == -1: return .softmax
    case "Activation": return try function(config?["activation"], of: layer)
    default:
      throw layer.obstacle("applies `\(className ?? "an unnamed function")`, which Spectrim lacks")
    }
  }

  private static func function(named name: String, of layer: KerasLayer) throws -> Activation {
    switch name {
    case "linear": return .none
    case "relu": return .relu
    case "leaky_relu": return .leakyReLU(slope: slopeOfFunction)
    case "gelu": return .gelu
    case "silu", "swish": return .swish
    case "sigmoid": return .sigmoid
    case "tanh": return .tanh
    case "softmax": return .softmax
    default: throw layer.obstacle("applies `\(name)`, a function that Spectrim does not have")
    }
  }

  private static func rectifier(
    slope: Double, isPlain: Bool = true, of layer: KerasLayer
  ) throws -> Activation {
    guard isPlain else { throw layer.obstacle("is a rectifier with a threshold or a maximum") }
    return slope == 0 ? .relu : .leakyReLU(slope: Float(slope))
  }
}
