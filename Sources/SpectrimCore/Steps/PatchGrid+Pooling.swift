/// Pooling of channel-last maps; a pooling has a place on the map at every position.
///
/// Elements are read unchecked: the lengths of the buffers are compared with the counts first, and
/// `inside(at:)` gives places on the map only.
extension PatchGrid {
  /// The largest number that the window sees, channel by channel; a NaN stays.
  /// - Shape: maps at least `[count, imageWidth]`, result at least `[count · positions, channels]`.
  package func takeMaximum(
    of maps: Span<Float>, count: Int, into result: inout MutableSpan<Float>
  ) {
    check(maps.count, result.count, count)
    let channelCount = mapChannelCount
    var (target, place) = (0, PatchPlace())
    for _ in 0..<count * positionCount {
      var isFirst = true
      for kernelRow in rows.inside(at: place.row) {
        for kernelColumn in columns.inside(at: place.column) {
          let source = mapIndex(place, kernelRow, kernelColumn)
          if isFirst {
            for channel in 0..<channelCount {
              result[unchecked: target &+ channel] = maps[unchecked: source &+ channel]
            }
            isFirst = false
            continue
          }
          for channel in 0..<channelCount {
            let (best, value) = (
              result[unchecked: target &+ channel], maps[unchecked: source &+ channel]
            )
            result[unchecked: target &+ channel] = value <= best || best != best ? best : value
          }
        }
      }
      target &+= channelCount
      place.advance(on: self)
    }
  }

  /// The same with the index of each largest number in `maps`, the first one if some are equal.
  /// - Shape: result and winners at least `[count · positions, channels]`.
  package func takeMaximum(
    of maps: Span<Float>, count: Int, into result: inout MutableSpan<Float>,
    winners: inout MutableSpan<Int32>
  ) {
    check(maps.count, result.count, count)
    precondition(winners.count >= count * positionCount * mapChannelCount, "too few winners")
    precondition(maps.count <= Int(Int32.max), "\(maps.count) numbers for indices of 32 bits")
    let channelCount = mapChannelCount
    var (target, place) = (0, PatchPlace())
    for _ in 0..<count * positionCount {
      var isFirst = true
      for kernelRow in rows.inside(at: place.row) {
        for kernelColumn in columns.inside(at: place.column) {
          let source = mapIndex(place, kernelRow, kernelColumn)
          for channel in 0..<channelCount {
            let index = target &+ channel
            let (best, value) = (result[unchecked: index], maps[unchecked: source &+ channel])
            let stays = !isFirst && (value <= best || best != best)
            let winner = Int32(truncatingIfNeeded: source &+ channel)
            result[unchecked: index] = stays ? best : value
            winners[unchecked: index] = stays ? winners[unchecked: index] : winner
          }
          isFirst = false
        }
      }
      target &+= channelCount
      place.advance(on: self)
    }
  }

  /// The mean of what the window sees, channel by channel.
  /// - Shape: maps at least `[count, imageWidth]`, result at least `[count · positions, channels]`.
  package func takeMean(
    of maps: Span<Float>, count: Int, into result: inout MutableSpan<Float>, countsPadding: Bool
  ) {
    check(maps.count, result.count, count)
    let channelCount = mapChannelCount
    var (target, place) = (0, PatchPlace())
    for _ in 0..<count * positionCount {
      for channel in 0..<channelCount { result[unchecked: target &+ channel] = 0 }
      for kernelRow in rows.inside(at: place.row) {
        for kernelColumn in columns.inside(at: place.column) {
          let source = mapIndex(place, kernelRow, kernelColumn)
          for channel in 0..<channelCount {
            result[unchecked: target &+ channel] += maps[unchecked: source &+ channel]
          }
        }
      }
      let share = 1 / Float(seenCount(place, countsPadding))
      for channel in 0..<channelCount { result[unchecked: target &+ channel] *= share }
      target &+= channelCount
      place.advance(on: self)
    }
  }

  /// The adjoint of `takeMean`: adds the share of every gradient to the places of its mean.
  /// - Shape: gradients at least `[count · positions, channels]`, maps at least
  ///   `[count, imageWidth]`.
  package func spreadMean(
    _ gradients: Span<Float>, count: Int, to maps: inout MutableSpan<Float>, countsPadding: Bool
  ) {
    check(maps.count, gradients.count, count)
    let channelCount = mapChannelCount
    var (target, place) = (0, PatchPlace())
    for _ in 0..<count * positionCount {
      let share = 1 / Float(seenCount(place, countsPadding))
      for kernelRow in rows.inside(at: place.row) {
        for kernelColumn in columns.inside(at: place.column) {
          let source = mapIndex(place, kernelRow, kernelColumn)
          for channel in 0..<channelCount {
            maps[unchecked: source &+ channel] += share * gradients[unchecked: target &+ channel]
          }
        }
      }
      target &+= channelCount
      place.advance(on: self)
    }
  }

  private func check(_ mapsCount: Int, _ resultCount: Int, _ count: Int) {
    precondition(mapsCount >= count * imageWidth, "\(mapsCount) numbers of maps")
    precondition(
      resultCount >= count * positionCount * mapChannelCount, "\(resultCount) numbers of pools")
  }

  /// How many numbers a mean divides by.
  private func seenCount(_ place: PatchPlace, _ countsPadding: Bool) -> Int {
    countsPadding
      ? rows.kernel * columns.kernel
      : rows.inside(at: place.row).count * columns.inside(at: place.column).count
  }

  /// Where the channels below an element of the kernel stand.
  @inline(__always)
  private func mapIndex(_ place: PatchPlace, _ kernelRow: Int, _ kernelColumn: Int) -> Int {
    let y = rows.origin(at: place.row) &+ kernelRow &* rows.dilation
    let x = columns.origin(at: place.column) &+ kernelColumn &* columns.dilation
    return place.image &* imageWidth &+ (y &* columns.side &+ x) &* mapChannelCount
  }
}
