public import SpectrimCore

extension Pruning {
  /// Reads the words of the command.
  /// - Throws: `CompressionError.usage` with what was found, expected, and an example.
  public init(setting text: String) throws(CompressionError) {
    guard let pruning = Pruning(text) else {
      throw .usage(
        argument: "prune", found: text,
        expected: "magnitude=SHARE, threshold=NUMBER, columns, columns=SHARE, neurons or "
          + "neurons=SHARE, a share being 0 to 1", example: "magnitude=0.5")
    }
    self = pruning
  }

  /// How many of `count` a share is: the nearest whole number.
  static func count(_ share: Double, of count: Int) -> Int {
    Int((share * Double(count)).rounded())
  }

  /// Which of some sizes are the smallest, the first of equal ones first.
  static func smallest(_ count: Int, of sizes: [Double]) -> [Int] {
    Array(sizes.indices.sorted { (sizes[$0], $0) < (sizes[$1], $1) }.prefix(count))
  }
}
