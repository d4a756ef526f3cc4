/// The constant `b` of a layer `y = W x + b`.
public enum Bias: Sendable, Equatable {
  /// Floats, each representable in the stored type; made by `Bias.init(_:storedAs:)`.
  case values([Float], storedAs: ElementType)
  /// `codes[i] · 2^exponents[i]`, one of each per output.
  case codes([Int8], exponents: [Int8])

  /// Rounds floats to the stored type.
  public init(_ values: [Float], storedAs elementType: ElementType = .float32) {
    self = .values(values.map(elementType.rounded), storedAs: elementType)
  }

  /// How many outputs.
  public var count: Int {
    switch self {
    case .values(let values, _): values.count
    case .codes(let codes, _): codes.count
    }
  }

  /// The floats that are added.
  /// - Shape: `[out]`.
  public var values: [Float] {
    switch self {
    case .values(let values, _): values
    case .codes(let codes, let exponents):
      zip(codes, exponents).map {
        Float(sign: .plus, exponent: Int($1), significand: Float($0))
      }
    }
  }

  /// Stored bytes before lossless coding.
  public var byteCount: Int {
    switch self {
    case .values(let values, let elementType): values.count * elementType.byteCount
    case .codes(let codes, let exponents): codes.count + exponents.count
    }
  }
}
