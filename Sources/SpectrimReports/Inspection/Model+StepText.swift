internal import SpectrimCore

extension Model {
  /// The steps in order if some have no weight, such as `steps: conv1, max_pool2d 2×2, fc1`.
  var stepsText: String? {
    guard steps.count > layers.count else { return nil }
    let words = steps.map { step in
      switch step {
      case .layer(let layer): layer.name
      case .transform(let transform): transform.text
      }
    }
    return "steps: " + words.joined(separator: ", ")
  }
}

extension SpectrimCore.Operation {
  /// The kernel, stride, dilation and groups of a convolution; empty for a linear layer.
  var kernelText: String {
    guard case .conv2d(let convolution) = self else { return "" }
    let groups = convolution.groups
    return convolution.window.text + (groups > 1 ? " in \(groups) groups" : "")
  }
}

extension Transform {
  fileprivate var text: String {
    switch operation {
    case .pool(let pooling): "\(kind.rawValue) \(pooling.window.text)"
    case .activation(let activation): activation.kind.rawValue
    case .flatten, .layerNormalization, .affine: kind.rawValue
    }
  }
}

extension Window {
  /// `3×3`, with `/2` for a stride and `:2` for a dilation other than 1.
  fileprivate var text: String {
    func sides(_ extent: Extent) -> String { "\(extent.height)×\(extent.width)" }
    func suffix(_ sign: String, _ extent: Extent) -> String {
      if extent == Extent(1) { return "" }
      return sign + (extent.height == extent.width ? "\(extent.height)" : sides(extent))
    }
    return sides(kernel) + suffix("/", stride) + suffix(":", dilation)
  }
}
