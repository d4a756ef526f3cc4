internal import Foundation
public import SpectrimCore

/// The Marchenko–Pastur law: how the eigenvalues of `WᵀW / N` lie when `W` is pure noise.
///
/// Between `λ₋` and `λ₊` the density is `√((λ₊ − x)(x − λ₋)) / (2π σ² c x)`, with
/// `λ± = σ² (1 ± √c)²` and `c = M / N` for `N` rows; for `c > 1` a share `1 − 1/c` of the
/// eigenvalues is exactly zero.
/// - Source: Marchenko and Pastur 1967; the course's notebook (`marchenko_pastur`).
public struct MarchenkoPastur: Sendable, Equatable {
  /// The deviation `σ` of one entry, in weight units.
  public let sigma: Double
  /// `c = M / N`.
  public let ratio: Double
  /// `N`, by which squared singular values are divided: `λ = s² / N`.
  public let normalization: Double

  /// The law for entries of deviation `sigma` and any `ratio` `c > 0`.
  /// - Parameter normalization: `N`, which only the edge in singular values needs.
  public init(sigma: Double, ratio: Double, normalization: Double = 1) {
    precondition(sigma >= 0 && sigma.isFinite, "sigma \(sigma)")
    precondition(ratio > 0 && ratio.isFinite, "ratio \(ratio)")
    self.sigma = sigma
    self.ratio = ratio
    self.normalization = normalization
  }

  /// The law as reports use it: `N = max(out, in)`, `M = min`, so that `c ≤ 1`.
  public init(sigma: Double, shape: Shape) {
    self.init(
      sigma: sigma, ratio: Double(shape.smallerSide) / Double(shape.largerSide),
      normalization: Double(shape.largerSide))
  }

  /// The law that belongs to an estimate: that of the notebook has its own `N = rows`.
  public init(_ noise: NoiseEstimate, shape: Shape) {
    if noise.method == .notebook {
      self.init(
        sigma: noise.sigma, ratio: Double(shape.columnCount) / Double(shape.rowCount),
        normalization: Double(shape.rowCount))
    } else {
      self.init(sigma: noise.sigma, shape: shape)
    }
  }

  /// `Q = 1 / c`.
  public var aspectRatio: Double { 1 / ratio }
  /// `λ₋ = σ² (1 − √c)²`.
  public var lambdaMinus: Double {
    let root = sigma * (1 - ratio.squareRoot())
    return root * root
  }
  /// `λ₊ = σ² (1 + √c)²`.
  public var lambdaPlus: Double {
    let root = sigma * (1 + ratio.squareRoot())
    return root * root
  }
  /// `λ₊` as a singular value, `√(N λ₊) = σ (√N + √M)`.
  /// - Units: those of the weights.
  public var edge: Double {
    sigma * (normalization.squareRoot() + (normalization * ratio).squareRoot())
  }
  /// The share of eigenvalues that are exactly zero.
  public var atomAtZero: Double { sigma == 0 ? 1 : max(0, 1 - 1 / ratio) }

  /// The density of the eigenvalues that are not zero, per unit of `x`.
  ///
  /// It integrates to `1 − atomAtZero`; for `c = 1` it has a pole at 0, where 0 is returned.
  public func density(at x: Double) -> Double {
    guard x > max(0, lambdaMinus), x < lambdaPlus else { return 0 }
    return ((lambdaPlus - x) * (x - lambdaMinus)).squareRoot()
      / (2 * .pi * sigma * sigma * ratio * x)
  }

  /// The share of eigenvalues up to `x`.
  ///
  /// With `x = σ² (1 + c − 2√c cos θ)` the density becomes
  /// `(2/π) sin²θ / (1 + c − 2√c cos θ)`, which has an elementary integral.
  public func cumulative(_ x: Double) -> Double {
    if x < 0 { return 0 }
    if sigma == 0 || x >= lambdaPlus { return 1 }
    if x <= lambdaMinus { return atomAtZero }
    let root = ratio.squareRoot()
    let cosine = (1 + ratio - x / (sigma * sigma)) / (2 * root)
    let angle = acos(min(1, max(-1, cosine)))
    let gap = (1 - root).magnitude
    let inner = atan2((1 + root) * sin(angle / 2), gap * cos(angle / 2))
    let integral =
      (1 + ratio) * angle / (4 * ratio) + sin(angle) / (2 * root)
      - (1 - ratio).magnitude / (2 * ratio) * inner
    return min(1, max(0, atomAtZero + 2 / .pi * integral))
  }

  /// The eigenvalue below which half of them lie; 0 when the atom holds half of them.
  public var median: Double {
    if atomAtZero >= 0.5 { return 0 }
    var (low, high) = (lambdaMinus, lambdaPlus)
    while true {
      let middle = low + (high - low) / 2
      guard middle > low, middle < high else { return middle }
      if cumulative(middle) < 0.5 { low = middle } else { high = middle }
    }
  }
}
