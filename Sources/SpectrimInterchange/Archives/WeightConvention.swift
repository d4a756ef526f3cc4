/// What a program does where neither its file of weights nor `--arch` says it.
package enum WeightConvention: Sendable {
  /// PyTorch's, also that of archives whose program is not known.
  case pytorch
  /// Keras'.
  /// - Source: keras/src/layers/normalization and keras/src/layers/pooling.
  case keras

  /// What keeps the root of a normalization away from zero.
  var epsilon: Float { self == .keras ? 1e-3 : 1e-5 }
  /// Whether a mean counts the zeros of its padding.
  var countsPadding: Bool { self == .pytorch }
  /// Whether maps have their channels last, whatever their kernels tell.
  var isChannelLast: Bool { self == .keras }
}
