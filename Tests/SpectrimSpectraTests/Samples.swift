import SpectrimCore
import SpectrimLinearAlgebra
import SpectrimSpectra
import SpectrimTestSupport

/// Independent normal entries of a deviation.
func noise(_ shape: Shape, deviation: Double, seed: UInt64) -> Matrix<Float> {
  var generator = SeededGenerator(seed: seed)
  return Matrix(shape, (0..<shape.elementCount).map { _ in Float(generator.normal() * deviation) })
}

/// Noise plus components of the given strengths along random orthonormal directions.
func spiked(
  _ shape: Shape, deviation: Double, strengths: [Double], seed: UInt64
) throws -> Matrix<Float> {
  func directions(_ count: Int, seed: UInt64) throws -> Matrix<Double> {
    let random = noise(Shape(count, strengths.count), deviation: 1, seed: seed)
    return try LAPACKDecomposition(Matrix<Double>(random)).factors.u
  }
  var scaled = try directions(shape.rowCount, seed: seed + 1000)
  for index in scaled.elements.indices {
    scaled.elements[index] *= strengths[index % strengths.count]
  }
  let signal = scaled.timesTransposed(try directions(shape.columnCount, seed: seed + 2000))
  let background = noise(shape, deviation: deviation, seed: seed)
  return Matrix(
    shape, zip(signal.elements, background.elements).map { Float($0) + $1 })
}

func spectrum(_ matrix: Matrix<Float>) throws -> EmpiricalSpectrum {
  EmpiricalSpectrum(
    singularValues: try SpectralDecomposition(matrix).singularValues, shape: matrix.shape)
}

extension Matrix where Element == Float {
  var sample: Python.Sample { (rowCount, columnCount, elements) }
}
