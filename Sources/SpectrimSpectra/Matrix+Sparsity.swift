public import SpectrimCore

extension Matrix where Element == Float {
  /// The share of entries with `|w| < threshold`, 0…1; 0 for an empty matrix.
  /// - Source: `analyze_redundancy` in chapter 3, which fixes the threshold at 0.01.
  public func sparsity(below threshold: Float = 0.01) -> Double {
    guard !elements.isEmpty else { return 0 }
    let small = elements.reduce(0) { $0 + ($1.magnitude < threshold ? 1 : 0) }
    return Double(small) / Double(elements.count)
  }
}
