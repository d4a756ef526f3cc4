package import SpectrimCore

/// The tensors of one layer of a file that has no graph, under one name.
package struct WeightGroup: Sendable {
  /// What the tensors make.
  package enum Content: Sendable {
    /// The weight of a linear layer or a convolution.
    case kernel(Tensor, KernelAxes, bias: Tensor?)
    /// A trained batch normalization.
    case batchNormalization(scale: Tensor?, shift: Tensor?, mean: Tensor, variance: Tensor)
    /// A normalization over all numbers of an example.
    case layerNormalization(scale: Tensor, shift: Tensor?)
  }

  /// The name of the layer.
  package let name: String
  /// Its tensors.
  package let content: Content

  /// Names the tensors of a layer.
  package init(name: String, _ content: Content) {
    self.name = name
    self.content = content
  }
}

/// Which sides of a weight are the outputs and the inputs.
package enum KernelAxes: Sendable, Equatable {
  /// `[out, in]` and `[out, in, height, width]`, PyTorch's.
  case outputsFirst
  /// `[in, out]` and `[height, width, in, out]`, Keras'.
  case inputsFirst
  /// The name does not tell.
  case unknown

  /// What a layout on the command line means.
  package init(_ layout: WeightLayout) {
    self = layout == .outputsFirst ? .outputsFirst : .inputsFirst
  }
}

extension WeightGroup {
  var isNormalization: Bool { if case .kernel = content { false } else { true } }

  /// For messages: `fc1 [8, 12]`.
  var summary: String {
    switch content {
    case .kernel(let kernel, _, _): "`\(name)` \(kernel.shape)"
    case .batchNormalization(_, _, let mean, _): "batch_norm `\(name)` \(mean.shape)"
    case .layerNormalization(let scale, _): "layer_norm `\(name)` \(scale.shape)"
    }
  }
}
