public import SpectrimCore

/// The steps of a network whose file holds its weights only, as `--arch` gives them.
///
/// `mlp:relu` applies one function after every hidden layer, `mlp:tanh,relu,none` one per layer.
/// `cnn:` lists all steps, those with a weight in the order of the weights of the file:
///
///     cnn:conv relu, max_pool 2, conv pad=2 relu, max_pool 2, flatten, linear relu, linear
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
  /// A pooling.
  case pool(Pooling)
  /// A map becomes a vector.
  case flatten
  /// A function alone.
  case activation(Activation)
}
