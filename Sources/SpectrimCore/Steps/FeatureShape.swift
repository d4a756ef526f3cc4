/// What passes between two steps of a model, for one example.
public enum FeatureShape: Sendable, Hashable {
  /// Numbers without an order in space.
  case vector(Int)
  /// Channels over a plane; wherever maps become vectors, the channel comes first, then the row.
  case map(channels: Int, height: Int, width: Int)

  /// What a step may give: 256 MiB of floats, far above what a machine without a graphics card
  /// runs, and a bound for what a hostile file can ask for.
  static let largestElementCount = 1 << 26

  /// How many numbers one example has.
  public var elementCount: Int {
    switch self {
    case .vector(let count): count
    case .map(let channels, let height, let width): channels * height * width
    }
  }
}

extension FeatureShape: CustomStringConvertible {
  /// The text for people.
  public var description: String {
    switch self {
    case .vector(let count): "a vector of \(count)"
    case .map(let channels, let height, let width):
      "a map of \(channels) channels of \(height)×\(width)"
    }
  }
}
