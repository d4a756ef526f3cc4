internal import Foundation

/// A spectrum in one line of a terminal.
///
/// Each column is the largest value of its bin on a log scale; `·` is zero, hence what was cut, and
/// `|` stands behind the last bin with a spike, at the Marchenko–Pastur edge.
package enum Sparkline {
  private static let blocks = Array("▁▂▃▄▅▆▇█")
  /// Singular values below this part of the largest are rounding noise of 32-bit floats.
  package static let zeroLevel = 1e-6

  /// Draws descending singular values.
  /// - Parameters:
  ///   - singularValues: the values, largest first; missing ones count as zero.
  ///   - count: how many there would be at full rank.
  ///   - spikes: how many lie above the edge, if that is known.
  ///   - width: the greatest number of columns, without the mark.
  package static func text(
    _ singularValues: [Double], count: Int, spikes: Int?, width: Int = 32
  ) -> String {
    let total = max(count, singularValues.count)
    guard total > 0, width > 0 else { return "" }
    let zero = (singularValues.first ?? 0) * zeroLevel
    let logs = singularValues.prefix { $0 > zero }.map(log)
    let columnCount = min(width, total)
    let drawn = drawnColumnCount(logs.count, of: total, columnCount)
    let mark = spikes.map { markColumn($0, logs.count, total, drawn, columnCount) }
    let (low, high) = (logs.last ?? 0, logs.first ?? 0)
    var line = ""
    for column in 0...columnCount {
      if column == mark { line += "|" }
      guard column < columnCount else { break }
      line.append(column < drawn ? symbol(logs[column * logs.count / drawn], low, high) : "·")
    }
    return line
  }

  /// A small rank gets three quarters of the columns all the same, or its shape could not be seen.
  private static func drawnColumnCount(_ kept: Int, of total: Int, _ columnCount: Int) -> Int {
    guard kept < total else { return columnCount }
    return min(max(kept * columnCount / total, min(kept, columnCount * 3 / 4)), columnCount - 1)
  }

  /// The column before which the edge stands: the first one whose bin starts below it.
  private static func markColumn(
    _ spikes: Int, _ kept: Int, _ total: Int, _ drawn: Int, _ columnCount: Int
  ) -> Int {
    if spikes > kept {
      return drawn + (spikes - kept) * (columnCount - drawn) / max(total - kept, 1)
    }
    return (0..<drawn).first { $0 * kept / drawn >= spikes } ?? drawn
  }

  private static func symbol(_ height: Double, _ low: Double, _ high: Double) -> Character {
    guard high > low else { return blocks[blocks.count - 1] }
    let level = (height - low) / (high - low) * Double(blocks.count - 1)
    return blocks[Int(level.rounded())]
  }
}
