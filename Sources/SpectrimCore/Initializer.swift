/// How the weights of a layer were drawn before training, where that is known.
///
/// It fixes the deviation of pure noise, hence the Marchenko–Pastur edge of the rule `mp`.
public enum Initializer: String, Sendable, CaseIterable, Codable {
  /// PyTorch's `nn.Linear`: uniform in `±1/√in`.
  case pytorch
  /// Glorot (Xavier), Keras' default.
  case glorot
  /// He (Kaiming).
  case he
  /// Normal with deviation `1/√in`, as chapter 3 of the course draws it.
  case random

  /// The variance of one entry.
  /// - Source: PyTorch `nn.Linear.reset_parameters`; Glorot and Bengio 2010; He et al. 2015.
  public func variance(inputCount: Int, outputCount: Int) -> Double {
    switch self {
    case .pytorch: 1 / (3 * Double(inputCount))
    case .glorot: 2 / Double(inputCount + outputCount)
    case .he: 2 / Double(inputCount)
    case .random: 1 / Double(inputCount)
    }
  }
}
