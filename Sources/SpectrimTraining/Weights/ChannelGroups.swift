/// Rows of numbers, channel last at every place, whose channels belong to groups in equal runs.
///
/// These are the patches of a grouped convolution, one place per element of the kernel, and with a
/// single place its outputs. Everything else is one group.
package struct ChannelGroups: Sendable {
  /// How many groups.
  package let count: Int
  /// Numbers of a row that one group has.
  package let partWidth: Int
  private let channelCount: Int

  /// - Parameter channelCount: the channels of one group.
  init(count: Int, channelCount: Int, placeCount: Int = 1) {
    self.count = count
    self.channelCount = channelCount
    partWidth = placeCount * channelCount
  }

  /// Numbers of a row.
  package var width: Int { count * partWidth }

  /// What one group has of the leading rows; with one group, the rows as they are.
  /// - Shape: rows at least `[rowCount, width]`, result at least `[rowCount, partWidth]`.
  package func part(_ group: Int, of rows: [Float], rowCount: Int) -> [Float] {
    precondition(rows.count >= rowCount * width, "\(rows.count) numbers for \(rowCount) rows")
    guard count > 1 else { return rows }
    var part = [Float](repeating: 0, count: rowCount * partWidth)
    let rows = rows.span
    var source = group * channelCount
    var target = part.mutableSpan
    // Unchecked: every run of the part has one of its length for every group in the rows.
    for start in stride(from: 0, to: target.count, by: channelCount) {
      for channel in 0..<channelCount {
        target[unchecked: start &+ channel] = rows[unchecked: source &+ channel]
      }
      source &+= count &* channelCount
    }
    return part
  }

  /// Puts the numbers of one group in their places.
  /// - Shape: part at least `[rowCount, partWidth]`, rows at least `[rowCount, width]`.
  func put(_ part: [Float], ofGroup group: Int, rowCount: Int, into rows: inout [Float]) {
    precondition(rows.count >= rowCount * width, "\(rows.count) numbers for \(rowCount) rows")
    precondition(part.count >= rowCount * partWidth, "\(part.count) numbers of a group")
    var place = group * channelCount
    let part = part.span
    var target = rows.mutableSpan
    // Unchecked for the same reason.
    for start in stride(from: 0, to: rowCount * partWidth, by: channelCount) {
      for channel in 0..<channelCount {
        target[unchecked: place &+ channel] = part[unchecked: start &+ channel]
      }
      place &+= count &* channelCount
    }
  }
}
