/// Between channel-last order, which Keras has, and ours, channel-first.
enum ChannelOrder {
  /// Where each number of a channel-first map stands in the channel-last one; `nil` where that is
  /// the same place.
  static func channelFirst(channels: Int, planeCount: Int) -> [Int]? {
    guard channels > 1, planeCount > 1 else { return nil }
    return (0..<channels * planeCount).map { $0 % planeCount * channels + $0 / planeCount }
  }

  /// Where each number of a channel-last map stands in the channel-first one.
  static func channelLast(channels: Int, planeCount: Int) -> [Int]? {
    channelFirst(channels: planeCount, planeCount: channels)
  }
}
