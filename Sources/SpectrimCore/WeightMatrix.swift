/// A float matrix together with the type it is stored in.
///
/// Every value is exactly representable in `elementType`, so that writing and reading a file
/// changes nothing.
public struct WeightMatrix: Sendable, Equatable {
  /// The values, as all arithmetic sees them.
  public let values: Matrix<Float>
  /// The type on disk.
  public let elementType: ElementType

  /// Rounds the values to the stored type.
  public init(_ values: Matrix<Float>, storedAs elementType: ElementType = .float32) {
    self.elementType = elementType
    self.values =
      elementType == .float32
      ? values : Matrix(values.shape, values.elements.map(elementType.rounded))
  }

  /// Rows and columns.
  public var shape: Shape { values.shape }
  /// Stored bytes before lossless coding.
  public var byteCount: Int { shape.elementCount * elementType.byteCount }
}
