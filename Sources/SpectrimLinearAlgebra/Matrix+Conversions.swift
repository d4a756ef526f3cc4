public import SpectrimCore

extension Matrix where Element == Double {
  /// The same values in double precision, exactly.
  public init(_ matrix: Matrix<Float>) {
    self.init(matrix.shape, matrix.elements.map { Double($0) })
  }
}

extension Matrix where Element == Float {
  /// The values rounded to single precision.
  public init(_ matrix: Matrix<Double>) {
    self.init(matrix.shape, matrix.elements.map { Float($0) })
  }
}
