/// The factors that turn codes into values along one axis of a quantized matrix.
///
/// Scales multiply, never divide.
public enum ScaleFactors: Sendable, Equatable {
  /// One factor per row (column), or a single one for the whole matrix.
  case scales([Float], storedAs: ElementType)
  /// `2^e` per row (column); `ScaleFactors.absent` marks a zero row that has no codes.
  case exponents([Int8])

  /// The exponent of a row (column) that is zero and has no codes.
  public static let absent = Int8.min

  /// How many factors are stored.
  public var count: Int {
    switch self {
    case .scales(let values, _): values.count
    case .exponents(let values): values.count
    }
  }

  /// Stored bytes before lossless coding.
  public var byteCount: Int {
    switch self {
    case .scales(let values, let elementType): values.count * elementType.byteCount
    case .exponents(let values): values.count
    }
  }

  /// The factor of every row (column) of the full matrix, 0 where it is absent.
  package func expanded(to length: Int) -> [Float] {
    switch self {
    case .scales(let values, _):
      values.count == length ? values : Array(repeating: values[0], count: length)
    case .exponents(let values):
      values.map { $0 == Self.absent ? 0 : Float(sign: .plus, exponent: Int($0), significand: 1) }
    }
  }

  /// Which rows (columns) of the full matrix have codes.
  package func presentIndices(of length: Int) -> [Int] {
    switch self {
    case .scales: Array(0..<length)
    case .exponents(let values): values.indices.filter { values[$0] != Self.absent }
    }
  }
}
