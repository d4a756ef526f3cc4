public import SpectrimCore

/// Unlabelled examples that show what a network sees.
///
/// They are read in blocks, several at once, so that a set need not fit in memory as floats.
public protocol CalibrationData: Sendable {
  /// How many examples.
  var count: Int { get }
  /// Some of them as the network sees them.
  /// - Shape: `[range.count, in]`.
  func inputs(_ range: Range<Int>) -> Matrix<Float>
}

extension Matrix: CalibrationData where Element == Float {
  /// One example per row.
  public var count: Int { rowCount }
  /// Some rows.
  public func inputs(_ range: Range<Int>) -> Matrix<Float> { rows(range) }
}
