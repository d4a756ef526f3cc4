internal import SpectrimCore

/// The one value that a chain of operators hands on, and how the file arranges it.
struct ONNXFlow {
  /// How the numbers of an example stand in the file, where Spectrim's steps see a map with its
  /// channels first or a vector.
  enum Arrangement: Equatable {
    /// As Spectrim's.
    case same
    /// A map with its channels last.
    case channelsLast
    /// A map of one channel without an axis for it.
    case plane
    /// A vector made of a map with its channels last.
    case interleaved(channels: Int)
  }

  /// The name of the value.
  var name: String
  /// What Spectrim's steps see.
  var shape: FeatureShape
  /// How the file arranges it.
  var arrangement: Arrangement
  /// Whether no number can be negative, whatever the input was.
  var isNonNegative = false

  /// The sides of an example in the file.
  var sides: [Int] {
    switch (shape, arrangement) {
    case (.vector(let count), _): [count]
    case (.map(let channels, let height, let width), .channelsLast): [height, width, channels]
    case (.map(_, let height, let width), .plane): [height, width]
    case (.map(let channels, let height, let width), _): [channels, height, width]
    }
  }

  /// How many channels or elements have a factor of their own.
  var channelCount: Int {
    switch shape {
    case .vector(let count), .map(let count, _, _): count
    }
  }

  /// The map with its channels first, or `nil` for anything else.
  var map: (channels: Int, extent: Extent)? {
    guard case .map(let channels, let height, let width) = shape, arrangement == .same else {
      return nil
    }
    return (channels, Extent(height: height, width: width))
  }

  /// What Spectrim's channels or elements get from a constant of the file that is spread over an
  /// example; `nil` where it has other numbers for other places of a channel.
  func perChannel(_ values: [Float], sides constant: [Int]) -> [Float]? {
    if values.count == 1 { return Array(repeating: values[0], count: channelCount) }
    let constant = Array(constant.drop { $0 == 1 })
    let axis = arrangement == .channelsLast ? sides.count - 1 : 0
    guard arrangement != .plane, values.count == channelCount,
      constant == [channelCount] + Array(repeating: 1, count: sides.count - axis - 1)
    else { return nil }
    return channelFirstPlaces.map { $0.map { values[$0] } } ?? values
  }

  /// Where each of Spectrim's elements of a vector stands in the file; `nil` if in its own place.
  var channelFirstPlaces: [Int]? {
    guard case .interleaved(let channels) = arrangement else { return nil }
    return ChannelOrder.channelFirst(
      channels: channels, planeCount: shape.elementCount / channels)
  }

  /// The map as the vector that the file makes of it.
  mutating func flatten() {
    if case .map(let channels, let height, let width) = shape {
      let planeCount = height * width
      arrangement =
        arrangement == .channelsLast && channels > 1 && planeCount > 1
        ? .interleaved(channels: channels) : .same
    }
    shape = .vector(shape.elementCount)
  }
}
