public import SpectrimCore

/// The steps of a network whose file holds its weights only, as `--arch` gives them.
///
/// `mlp:relu` applies one function after every hidden layer, `mlp:tanh,relu,none` one per layer.
/// `cnn:` lists all steps, those with numbers of their own in the order of the file:
///
///     cnn:conv relu, max_pool 2, conv pad=2 relu, max_pool 2, flatten, linear relu, linear
///
/// | step | attributes, and what they are if left out |
/// |---|---|
/// | `linear` | |
/// | `conv` | `stride=1`, `pad=0`, `dilation=1`, `groups=1` |
/// | `max_pool 2`, `avg_pool 2` | `stride=` the window, `pad=0` |
/// | `flatten` | |
/// | `batch_norm`, `layer_norm` | `eps=1e-3` for files of Keras, `eps=1e-5` for all others |
/// | `relu` and the other functions | alone, or at the end of `linear` and `conv` |
///
/// Sides that differ are joined by `x`, rows first: `stride=2x1`; four of them, `pad=0x1x0x1`, are
/// top, left, bottom and right. `leaky_relu:0.2` says the slope. A mean counts the zeros of its
/// padding, except in files of Keras.
public enum Architecture: Sendable, Equatable {
  /// Linear layers with the functions after them; one stands for all hidden layers.
  case perceptron([Activation])
  /// All steps.
  case steps([ArchitectureStep])
}

/// One step of `cnn:`.
public enum ArchitectureStep: Sendable, Equatable {
  /// A layer that takes the next weight, with the function after it.
  case linear(Activation)
  /// A convolution that takes the next weight, whose sides are those of its kernel.
  case convolution(
    stride: Extent, padding: Padding, dilation: Extent, groups: Int, activation: Activation)
  /// A pooling; whether a mean counts its padding is up to the program whose file it is.
  case pool(Pooling)
  /// A map becomes a vector.
  case flatten
  /// A function alone.
  case activation(Activation)
  /// A trained batch normalization, which takes the next four vectors.
  /// - Parameter epsilon: `nil` is that of the program whose file it is.
  case batchNormalization(epsilon: Float?)
  /// A normalization over all numbers of an example, which takes the next two vectors.
  /// - Parameter epsilon: `nil` is that of the program whose file it is.
  case layerNormalization(epsilon: Float?)
}
