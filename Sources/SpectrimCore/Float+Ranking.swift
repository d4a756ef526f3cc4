extension Float {
  /// Whether this score ranks before another: it is larger, or the other one is not a number.
  ///
  /// Unlike `>` it orders all scores, so that a NaN neither wins nor confuses a sort.
  package func ranksBefore(_ other: Float) -> Bool { self > other || (other.isNaN && !isNaN) }
}
