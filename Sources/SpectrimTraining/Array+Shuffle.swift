internal import SpectrimCore

extension [Int] {
  /// Puts the elements in another order.
  ///
  /// Fisher–Yates by hand: the library's `shuffle` may draw otherwise in another Swift release.
  mutating func shuffle(drawing generator: inout SeededGenerator) {
    for index in stride(from: count - 1, to: 0, by: -1) {
      swapAt(index, Int(generator.uniform() * Double(index + 1)))
    }
  }
}
