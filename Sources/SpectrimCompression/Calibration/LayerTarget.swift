package import SpectrimCore
internal import SpectrimLinearAlgebra

/// What the coded weight of one layer is to come near to, and in which metric.
///
/// Behind coded layers the dense weight is not the best one any more: the target
/// `W̃ = (W C + λ W)(Σ̂ + λ I)⁻¹`, with what damps the metric of the inputs as λ, gives from `x̂` what `W` gives from `x`, as well as a matrix can,
/// and stays near `W` where the data say nothing.
/// - Source: sequential calibration of SVD-LLM (arXiv 2403.07378) and GPTQ (arXiv 2210.17323); ridge
///   regression towards `W`.
package struct LayerTarget: Sendable {
  /// `W̃`.
  /// - Shape: `[out, in]`.
  package let weight: Matrix<Double>
  /// The bias for which `W̃ x̂ + b` has the mean of `W x + b`.
  /// - Shape: `[out]`.
  package let bias: [Double]
  /// `E[x̂]`.
  /// - Shape: `[groups · in]`, one group after the other.
  let inputMean: [Double]
  /// `Σ̂`, damped: the metric of the inputs.
  let input: RoundingMetric
  /// `G`, damped: the metric of the outputs.
  let output: RoundingMetric

  package init(
    _ dense: Matrix<Double>, bias: [Double], _ moments: SequentialMoments,
    input: RoundingMetric, output: RoundingMetric
  ) throws {
    self.input = input
    self.output = output
    inputMean = moments.compressed.mean
    if let cross = moments.cross {
      let goal = dense.times(cross).adding(input.ridge, times: dense)
      weight = input.cholesky.dividing(goal)
    } else {
      weight = dense
    }
    let wanted = dense.times(groupMeans: moments.denseMean)
    let found = weight.times(groupMeans: moments.compressed.mean)
    self.bias = bias.indices.map { bias[$0] + wanted[$0] - found[$0] }
  }
}

extension Matrix<Double> {
  /// `W μ`, every row with the mean of what its own group sees.
  /// - Shape: `[out, in]`, means `[groups · in]`, result `[out]`.
  func times(groupMeans means: [Double]) -> [Double] {
    let rowsPerGroup = rowCount / max(means.count / max(columnCount, 1), 1)
    return (0..<rowCount).map { index in
      let start = index / rowsPerGroup * columnCount
      return zip(row(index), means[start..<start + columnCount]).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  /// `tr A / n`.
  var meanDiagonal: Double {
    rowCount > 0 ? (0..<rowCount).reduce(0) { $0 + self[$1, $1] } / Double(rowCount) : 0
  }

  /// `A + f B`.
  func adding(_ factor: Double, times other: Matrix) -> Matrix {
    var result = self
    for index in elements.indices { result.elements[index] += factor * other.elements[index] }
    return result
  }

  /// `A + f I`.
  func addingToDiagonal(_ value: Double) -> Matrix {
    var result = self
    for index in 0..<rowCount { result[index, index] += value }
    return result
  }
}
