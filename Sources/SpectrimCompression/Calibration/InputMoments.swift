internal import SpectrimCore
internal import SpectrimLinearAlgebra
internal import SpectrimTraining

/// The mean and the covariance of the rows that a weight sees.
///
/// The groups of a convolution have means of their own, but share one covariance, the mean of theirs:
/// that weighs errors rightly as long as the groups are alike, and makes the steps of codes too fine
/// for groups that vary less than others.
struct InputMoments: Sendable {
  /// - Shape: `[groups · in]`, one group after the other.
  let mean: [Double]
  /// - Shape: `[in, in]`.
  let covariance: Matrix<Double>

  /// `E[x²]` of a mean coordinate.
  var meanSquare: Double {
    let means = mean.reduce(0) { $0 + $1 * $1 } / Double(max(mean.count, 1))
    return covariance.meanDiagonal + means
  }

  /// The sums of one block.
  struct Part: Sendable {
    let rowCount: Int
    let sum: [Double]
    let squares: Matrix<Float>

    init(_ rows: [Float], rowCount: Int, _ groups: ChannelGroups) {
      self.rowCount = rowCount
      let width = groups.partWidth
      var sum: [Double] = []
      var squares = Matrix<Float>(repeating: 0, Shape(width, width))
      for group in 0..<groups.count {
        let part = groups.part(group, of: rows, rowCount: rowCount)
        sum += Self.sum(of: part, rowCount: rowCount, width: width)
        SecondMoments.addGram(of: part, count: rowCount, to: &squares)
      }
      self.sum = sum
      self.squares = squares
    }

    /// The sum of the leading rows, one group after the other.
    static func sum(of rows: [Float], rowCount: Int, _ groups: ChannelGroups) -> [Double] {
      (0..<groups.count).flatMap {
        sum(
          of: groups.part($0, of: rows, rowCount: rowCount), rowCount: rowCount,
          width: groups.partWidth)
      }
    }

    private static func sum(of rows: [Float], rowCount: Int, width: Int) -> [Double] {
      var sum = [Double](repeating: 0, count: width)
      let rows = rows.span
      for row in 0..<rowCount {
        for column in 0..<width { sum[column] += Double(rows[row * width + column]) }
      }
      return sum
    }
  }

  /// Adds blocks in their order.
  struct Accumulator {
    private(set) var rowCount = 0
    private var sum: [Double]
    private var squares: SecondMoments
    private let groupCount: Int

    init(_ groups: ChannelGroups) {
      sum = Array(repeating: 0, count: groups.width)
      squares = SecondMoments(width: groups.partWidth)
      groupCount = groups.count
    }

    mutating func add(_ part: Part) {
      rowCount += part.rowCount
      for (index, value) in part.sum.enumerated() { sum[index] += value }
      squares.add(part.squares)
    }

    /// `E[x]`.
    var mean: [Double] { sum.map { $0 / Double(rowCount) } }

    /// `E[x xᵀ] − μ μᵀ`, in the order of the columns of the model's weight.
    func moments(columnOrder: [Int]?) -> InputMoments {
      let mean = mean
      let covariance = squares.divided(by: rowCount * groupCount).subtractingMeans(mean, mean)
      guard let columnOrder else { return InputMoments(mean: mean, covariance: covariance) }
      return InputMoments(
        mean: mean.placed(columnOrder),
        covariance: covariance.placed(rows: columnOrder, columns: columnOrder))
    }
  }
}

extension Matrix<Double> {
  /// The matrix less the mean over the groups of `μ μ̂ᵀ`.
  /// - Shape: `[in, in]`, means `[groups · in]`.
  func subtractingMeans(_ left: [Double], _ right: [Double]) -> Matrix {
    var result = self
    let share = Double(rowCount) / Double(max(left.count, 1))
    for start in stride(from: 0, to: left.count, by: max(rowCount, 1)) {
      for row in 0..<rowCount {
        let mean = share * left[start + row]
        for column in 0..<columnCount { result[row, column] -= mean * right[start + column] }
      }
    }
    return result
  }

  /// The same numbers with row `i` at `rows[i]` and column `j` at `columns[j]`.
  func placed(rows: [Int], columns: [Int]) -> Matrix {
    var result = self
    for (row, target) in rows.enumerated() {
      for (column, place) in columns.enumerated() { result[target, place] = self[row, column] }
    }
    return result
  }
}

extension [Double] {
  /// The same numbers with element `i` at `places[i]`, in the numbers of every group.
  func placed(_ places: [Int]) -> [Double] {
    var result = self
    for start in stride(from: 0, to: count, by: Swift.max(places.count, 1)) {
      for (index, place) in places.enumerated() { result[start + place] = self[start + index] }
    }
    return result
  }
}
