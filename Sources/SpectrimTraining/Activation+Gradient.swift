public import SpectrimCore

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension Activation {
  /// Multiplies a gradient at the output by the derivative, which makes it one at `z`.
  ///
  /// `softmax` mixes the numbers of a row and is never met here: it belongs to the loss.
  /// - Shape: both at least `[count]`; the rest is left alone.
  public func scaleByDerivative(
    _ gradient: inout [Float], preActivation z: [Float], count: Int
  ) {
    precondition(gradient.count >= count && z.count >= count, "a buffer is too short")
    precondition(self != .softmax, "the derivative of softmax belongs to the loss")
    if self == .none { return }
    let z = z.span
    var gradient = gradient.mutableSpan
    // Unchecked: both hold `count` numbers.
    if self == .relu {
      // The slope is read whether it is kept or not: a select vectorizes, a branch does not.
      for index in 0..<count {
        let slope = gradient[unchecked: index]
        gradient[unchecked: index] = z[unchecked: index] > 0 ? slope : 0
      }
    } else {
      for index in 0..<count { gradient[unchecked: index] *= derivative(z[unchecked: index]) }
    }
  }

  /// The derivative at one number; 0 at the kink of `relu`, as PyTorch takes it.
  private func derivative(_ z: Float) -> Float {
    switch self {
    case .none, .softmax: return 1
    case .relu: return z > 0 ? 1 : 0
    case .leakyReLU(let slope): return z > 0 ? 1 : slope
    case .gelu:
      let below = 0.5 * (1 + erff(z * Float(0.5).squareRoot()))
      return below + z * expf(-0.5 * z * z) * Self.normalDensityAtZero
    case .geluTanh:
      let root = Float(2 / Double.pi).squareRoot()
      let bend = tanhf(root * (z + 0.044715 * z * z * z))
      let slope = root * (1 + 3 * 0.044715 * z * z)
      return 0.5 * (1 + bend) + 0.5 * z * (1 - bend * bend) * slope
    case .swish:
      let share = 1 / (1 + expf(-z))
      return share * (1 + z * (1 - share))
    case .sigmoid:
      let share = 1 / (1 + expf(-z))
      return share * (1 - share)
    case .tanh:
      let value = tanhf(z)
      return 1 - value * value
    }
  }

  /// `1/√(2π)`.
  private static let normalDensityAtZero: Float = 0.398_942_28
}
