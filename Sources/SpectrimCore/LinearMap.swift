/// One way to store a linear map `W` of shape `[out, in]` that can also be applied as stored.
///
/// The methods here are the reference: plain loops with sums in `Double`, by which faster kernels
/// are judged.
public protocol LinearMap: Sendable {
  /// `[out, in]` of the map, whatever its parts look like.
  var shape: Shape { get }
  /// The number of columns between the factors; `nil` if the map is not factorized.
  var rank: Int? { get }
  /// How many weights are stored; scales and exponents of codes are not weights.
  var parameterCount: Int { get }
  /// Stored bytes before lossless coding, scales and exponents included.
  var byteCount: Int { get }
  /// Multiplications to apply the map to one vector as it is stored.
  var multiplyAccumulateCount: Int { get }

  /// `Y = X Wᵀ`: the map applied to every row of a batch.
  /// - Shape: batch is `[count, in]`, the result `[count, out]`.
  func apply(to batch: Matrix<Float>) -> Matrix<Float>
  /// The dense matrix that the map stands for.
  /// - Shape: `[out, in]`.
  func materialized() -> Matrix<Float>
}

extension Matrix where Element == Float {
  /// `self · otherᵀ`, summed in `Double`.
  /// - Shape: self `[n, k]`, other `[m, k]`, result `[n, m]`.
  package func multipliedByTransposed(_ other: Matrix<Float>) -> Matrix<Float> {
    precondition(columnCount == other.columnCount, "\(shape) times (\(other.shape)) transposed")
    let depth = columnCount
    var result: [Float] = []
    result.reserveCapacity(rowCount * other.rowCount)
    for row in 0..<rowCount {
      for column in 0..<other.rowCount {
        var sum = 0.0
        for index in 0..<depth {
          sum +=
            Double(elements[row * depth + index]) * Double(other.elements[column * depth + index])
        }
        result.append(Float(sum))
      }
    }
    return Matrix(Shape(rowCount, other.rowCount), result)
  }
}
