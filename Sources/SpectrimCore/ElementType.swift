/// How a floating-point tensor is stored; in memory its values are always `Float`.
public enum ElementType: String, Sendable, CaseIterable, Codable {
  case float32
  case float16
  case bfloat16

  /// Bytes of one stored element.
  public var byteCount: Int { self == .float32 ? 4 : 2 }

  /// The nearest stored value, ties to even, as IEEE 754 asks.
  public func rounded(_ value: Float) -> Float {
    switch self {
    case .float32: value
    case .float16: Float(Float16(value))
    case .bfloat16: Float(bitPattern: UInt32(Self.bfloat16Bits(value)) << 16)
    }
  }

  /// The upper half of the bits of a `Float`, rounded to nearest even; a NaN stays a NaN.
  public static func bfloat16Bits(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
    let roundingBias = 0x7FFF + ((bits >> 16) & 1)
    return UInt16(truncatingIfNeeded: (bits &+ roundingBias) >> 16)
  }
}
