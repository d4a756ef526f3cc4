internal import Foundation
public import SpectrimCore

/// How far the largest singular value of pure noise of finite size reaches beyond the edge.
///
/// The largest eigenvalue of `WᵀW` is about `σ² (μ + τ t)` with `t` after the Tracy–Widom law of
/// real matrices, `μ = (√n + √m)²` and `τ = (√n + √m)(1/√n + 1/√m)^⅓`.
/// - Source: Johnstone 2001 for the form; Ma 2012 for `n = N − ½`, `m = M − ½`, which is closer
///   for small sides than Johnstone's `N − 1`, `M` and defined for a single row.
public struct TracyWidom: Sendable, Equatable {
  /// A quantile of the Tracy–Widom law.
  public enum Quantile: Sendable, CaseIterable {
    case percent99
    case percent99point9

    /// The share of noise matrices that stay below, 0…1.
    public var share: Double { self == .percent99 ? 0.99 : 0.999 }

    /// The value of `t`.
    /// - Source: the Fredholm determinant `F₁(t) = det(1 − Ai((x + y) / 2) / 2)` on `(t, ∞)` of
    ///   Ferrari and Spohn 2005, evaluated by quadrature; a test repeats it.
    public var value: Double { self == .percent99 ? 2.0234 : 3.2722 }
  }

  /// The deviation of one entry, in weight units.
  public let sigma: Double
  /// The shape of the noise.
  public let shape: Shape

  /// Noise of deviation `sigma` in a matrix that is not empty.
  public init(sigma: Double, shape: Shape) {
    precondition(shape.elementCount > 0, "an empty matrix has no largest eigenvalue")
    self.sigma = sigma
    self.shape = shape
  }

  /// `λ = s² / N`, `N = max(out, in)`, that the largest eigenvalue stays below.
  public func largestEigenvalue(_ quantile: Quantile) -> Double {
    let large = (Double(shape.largerSide) - 0.5).squareRoot()
    let small = (Double(shape.smallerSide) - 0.5).squareRoot()
    let center = (large + small) * (large + small)
    let scale = (large + small) * cbrt(1 / large + 1 / small)
    return sigma * sigma * (center + quantile.value * scale) / Double(shape.largerSide)
  }

  /// The singular value that the largest one stays below.
  /// - Units: those of the weights.
  public func edge(_ quantile: Quantile) -> Double {
    (largestEigenvalue(quantile) * Double(shape.largerSide)).squareRoot()
  }

  /// By how much the quantile lies above `λ₊`, in eigenvalues.
  public func margin(_ quantile: Quantile) -> Double {
    largestEigenvalue(quantile) - MarchenkoPastur(sigma: sigma, shape: shape).lambdaPlus
  }
}
