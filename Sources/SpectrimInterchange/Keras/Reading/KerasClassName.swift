/// The names of classes as Keras 3 writes them into paths, and the weights they have.
enum KerasClassName {
  /// `DepthwiseConv2D` becomes `depthwise_conv2d`.
  static func snakeCase(_ name: String) -> String {
    name.replacing(/(.)([A-Z][a-z]+)/) { "\($0.output.1)_\($0.output.2)" }
      .replacing(/([a-z])([A-Z])/) { "\($0.output.1)_\($0.output.2)" }
      .lowercased()
  }

  /// The class and the count of a key such as `dense_12`; `dense` is the first of its class.
  static func split(_ key: String) -> (className: String, place: Int) {
    guard let line = key.lastIndex(of: "_"), let place = Int(key[key.index(after: line)...]),
      place > 0
    else { return (key, 0) }
    return (String(key[..<line]), place)
  }

  /// What the weights of a layer are called, in the order in which Keras 3 numbers them.
  /// - Parameters:
  ///   - count: How many there are.
  ///   - isQuantized: Whether the first holds codes.
  static func variableNames(of className: String, count: Int, isQuantized: Bool) -> [String] {
    switch className {
    case "dense" where isQuantized, "einsum_dense" where isQuantized:
      count == 2 ? ["kernel", "kernel_scale"] : ["kernel", "bias", "kernel_scale"]
    case "dense", "einsum_dense", "conv1d", "conv2d", "conv3d", "conv2d_transpose",
      "conv1d_transpose":
      ["kernel", "bias"]
    case "depthwise_conv2d", "depthwise_conv1d": ["depthwise_kernel", "bias"]
    case "separable_conv2d", "separable_conv1d": ["depthwise_kernel", "pointwise_kernel", "bias"]
    case "batch_normalization" where count == 4:
      ["gamma", "beta", "moving_mean", "moving_variance"]
    case "layer_normalization" where count == 2: ["gamma", "beta"]
    case "embedding": ["embeddings"]
    default: []
    }
  }
}
