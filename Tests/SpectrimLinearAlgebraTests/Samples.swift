import SpectrimCore
import SpectrimTestSupport
import Testing

/// Seeded matrices of the shapes and kinds where decompositions go wrong.
struct SampleMatrix: CustomTestStringConvertible, Sendable {
  let name: String
  let matrix: Matrix<Float>

  var testDescription: String { "\(name) \(matrix.shape)" }
  var sample: Python.Sample { (matrix.rowCount, matrix.columnCount, matrix.elements) }

  static let all: [SampleMatrix] =
    [(1, 1), (2, 2), (1, 7), (7, 1), (3, 2), (40, 12), (12, 40), (60, 60), (10, 300), (120, 200)]
    .map { SampleMatrix(name: "normal", matrix: normal(Shape($0.0, $0.1), seed: 7)) } + [
      SampleMatrix(name: "zero", matrix: Matrix(repeating: 0, Shape(5, 8))),
      SampleMatrix(name: "identity", matrix: identity(6)),
      SampleMatrix(name: "equal", matrix: Matrix(repeating: 0.25, Shape(9, 4))),
      SampleMatrix(name: "rank 3", matrix: lowRank(Shape(20, 30), rank: 3, seed: 8)),
      SampleMatrix(name: "decaying", matrix: decaying(Shape(30, 24))),
      SampleMatrix(name: "tiny", matrix: scaled(normal(Shape(8, 6), seed: 9), by: 1e-30)),
      SampleMatrix(name: "huge", matrix: scaled(normal(Shape(8, 6), seed: 9), by: 1e30)),
    ]
}

/// Independent standard normal entries.
func normal(_ shape: Shape, seed: UInt64) -> Matrix<Float> {
  var generator = SeededGenerator(seed: seed)
  return Matrix(shape, (0..<shape.elementCount).map { _ in Float(generator.normal()) })
}

func identity(_ side: Int) -> Matrix<Float> {
  var matrix = Matrix<Float>(repeating: 0, Shape(side, side))
  for index in 0..<side { matrix[index, index] = 1 }
  return matrix
}

func scaled(_ matrix: Matrix<Float>, by factor: Float) -> Matrix<Float> {
  Matrix(matrix.shape, matrix.elements.map { $0 * factor })
}

/// Small whole numbers, so that the product of the factors is exact and so is its rank.
func lowRank(_ shape: Shape, rank: Int, seed: UInt64) -> Matrix<Float> {
  func whole(_ shape: Shape, seed: UInt64) -> Matrix<Float> {
    let noise = normal(shape, seed: seed)
    return Matrix(shape, noise.elements.map { ($0 * 3).rounded() })
  }
  let left = whole(Shape(shape.rowCount, rank), seed: seed)
  let right = whole(Shape(shape.columnCount, rank), seed: seed + 1)
  return Matrix(
    shape,
    (0..<shape.elementCount).map { index in
      let (row, column) = index.quotientAndRemainder(dividingBy: shape.columnCount)
      return zip(left.row(row), right.row(column)).reduce(0) { $0 + $1.0 * $1.1 }
    })
}

/// Columns that shrink by a third each: singular values over eleven decades.
func decaying(_ shape: Shape) -> Matrix<Float> {
  var matrix = normal(shape, seed: 10)
  var scale: Float = 1
  for column in 0..<shape.columnCount {
    for row in 0..<shape.rowCount { matrix[row, column] *= scale }
    scale /= 3
  }
  return matrix
}
