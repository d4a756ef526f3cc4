internal import SpectrimCore
internal import SpectrimLinearAlgebra
internal import SpectrimTraining

/// The mean and the covariance of the rows that a weight sees.
struct InputMoments: Sendable {
  /// - Shape: `[in]`.
  let mean: [Double]
  /// - Shape: `[in, in]`.
  let covariance: Matrix<Double>

  /// The sums of one block.
  struct Part: Sendable {
    let rowCount: Int
    let sum: [Double]
    let squares: Matrix<Float>

    init(_ rows: [Float], rowCount: Int, width: Int) {
      self.rowCount = rowCount
      sum = Self.sum(of: rows, rowCount: rowCount, width: width)
      var squares = Matrix<Float>(repeating: 0, Shape(width, width))
      SecondMoments.addGram(of: rows, count: rowCount, to: &squares)
      self.squares = squares
    }

    /// The sum of the leading rows.
    static func sum(of rows: [Float], rowCount: Int, width: Int) -> [Double] {
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

    init(width: Int) {
      sum = Array(repeating: 0, count: width)
      squares = SecondMoments(width: width)
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
      let covariance = squares.divided(by: rowCount).subtractingOuter(mean, mean)
      guard let columnOrder else { return InputMoments(mean: mean, covariance: covariance) }
      return InputMoments(
        mean: mean.placed(columnOrder),
        covariance: covariance.placed(rows: columnOrder, columns: columnOrder))
    }
  }
}

extension Matrix<Double> {
  /// The matrix less `x yᵀ`.
  func subtractingOuter(_ left: [Double], _ right: [Double]) -> Matrix {
    var result = self
    for row in 0..<rowCount {
      for column in 0..<columnCount { result[row, column] -= left[row] * right[column] }
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
  /// The same numbers with element `i` at `places[i]`.
  func placed(_ places: [Int]) -> [Double] {
    var result = self
    for (index, place) in places.enumerated() { result[place] = self[index] }
    return result
  }
}
