internal import SpectrimCore

extension [Int] {
  /// The product of sides; `nil` if one is negative or those that are not 0 overflow.
  var elementCount: Int? {
    var count = 1
    for side in self {
      let (product, overflow) = count.multipliedReportingOverflow(by: Swift.max(side, 1))
      guard side >= 0, !overflow else { return nil }
      count = product
    }
    return contains(0) ? 0 : count
  }
}

/// The bytes of a tensor, or `nil` where they cannot be counted; a side of 0 counts as 1 at first, so
/// that the others are bounded too.
func countedBytes(_ shape: [Int], _ type: ScalarType) -> Int? {
  guard ([type.byteCount] + shape).elementCount != nil else { return nil }
  return shape.contains(0) ? 0 : shape.reduce(type.byteCount, *)
}
